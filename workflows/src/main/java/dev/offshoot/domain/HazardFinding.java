package dev.offshoot.domain;

/**
 * A hazard and what shows it.
 *
 * @param hazard which
 * @param severity how much it weighs on this parent
 * @param evidence what was observed, with counts and names, made safe to show
 */
public record HazardFinding(Hazard hazard, Severity severity, String evidence) {}
