package dev.offshoot.domain;

/**
 * A variant that can be picked.
 *
 * @param number which, from 1
 * @param name what people call it
 * @param proposal what it would merge
 */
public record Candidate(int number, String name, Proposal proposal) {}
