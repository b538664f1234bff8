package dev.offshoot.domain;

import java.util.List;

/**
 * Everything that policy and judge found in a change set.
 *
 * @param digest the change set it is about
 * @param hazards each hazard once, most severe first
 * @param verdict the judge's advice
 * @param millis how long it took
 */
public record Judgement(String digest, List<HazardFinding> hazards, Verdict verdict, long millis) {}
