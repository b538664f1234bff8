package dev.offshoot.cli;

import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Scores;
import java.util.List;

/**
 * What {@code judge eval -o json} prints.
 *
 * @param judge which judge was asked, and how its server answered
 * @param scores what all results come to
 * @param results of every case, however written, by name
 */
record EvaluationReport(String judge, Scores scores, List<CaseResult> results) {}
