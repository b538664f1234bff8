package dev.offshoot.domain;

/**
 * A link of the chain of audit records without the record. Whoever has noted one sees later whether
 * anything before it was changed.
 *
 * @param number its place, from 1
 * @param hash its hash, in hex
 */
public record AuditSeal(long number, String hash) {}
