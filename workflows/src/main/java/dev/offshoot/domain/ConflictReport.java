package dev.offshoot.domain;

import java.util.List;

/**
 * All conflicts of one merge attempt; nothing was written.
 *
 * @param total how many there are
 * @param conflicts the first of them, bounded
 */
public record ConflictReport(int total, List<Conflict> conflicts) {}
