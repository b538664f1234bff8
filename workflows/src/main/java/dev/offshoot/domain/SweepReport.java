package dev.offshoot.domain;

import java.util.List;

/**
 * What the janitor did in one round.
 *
 * @param dropped names of branches that it deleted
 * @param left names of branches whose owner is gone, but not for long enough yet
 * @param failed names of branches that could not be deleted, and stay for the next round
 * @param recorded experiments that had ended without an audit record, which it wrote
 * @param cutOff audit records that were older than they are kept, and are gone
 */
public record SweepReport(
    List<String> dropped,
    List<String> left,
    List<String> failed,
    List<String> recorded,
    long cutOff) {}
