package dev.offshoot.cli;

import dev.offshoot.score.CaseResult;
import dev.offshoot.score.Scores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code judge eval}. */
@Command(
    name = "eval",
    sortOptions = false,
    description = {
      "Score policy and judge on labelled cases, each run on a branch of its own.",
      "Starts a Postgres for that, and no Temporal. The judge is the one of --config or of",
      "OFFSHOOT_JUDGE_PROVIDER, _MODEL, _BASEURL and _APIKEY; without any, the policy is",
      "scored alone. examples/judge has cases; docs/judge.md says how they are written.",
      "Exit code 1 if the policy did not find what it must find."
    })
final class JudgeEvalCommand extends OffshootCommand {
  private static final int MOST_THREADS = 32;

  @Option(
      names = "--cases",
      required = true,
      paramLabel = "FOLDER",
      description = "folder with labelled cases, *.yaml")
  @Nullable String cases;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "a worker's configuration, of which the judge's part is used")
  @Nullable String config;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "only cases with this in their name, FILE/NAME")
  String only = "";

  @Option(
      names = "--no-variants",
      description = {
        "ask about each case once, and not also reordered, renamed, padded and reformatted,",
        "which takes about five times as long and as many tokens"
      })
  boolean noVariants;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "cases that run at once (default ${DEFAULT-VALUE})")
  int threads;

  @Override
  ExitCode run(Offshoot offshoot) throws InterruptedException {
    Output output = offshoot.output();
    List<CaseResult> results = new ArrayList<>();
    List<String> arguments = arguments();
    String judge;
    try (EvaluationProcess evaluation = new EvaluationProcess(WorkerJar.find(), arguments)) {
      judge =
          evaluation.follow(
              (result, most) -> {
                results.add(result);
                output.passing(
                    "%s of at most %s  %s"
                        .formatted(
                            Numbers.grouped(results.size()), Numbers.grouped(most), result.name()));
              });
    }
    output.passing("");
    if (results.isEmpty()) {
      throw new CliException(
          ExitCode.NOT_FOUND, "no case has '%s' in its name".formatted(only), "leave --only out");
    }
    results.sort(Comparator.comparing(CaseResult::name).thenComparing(CaseResult::variation));
    Scores scores = Scores.of(results);
    if (output.forPeople()) {
      output.lines(new ScoresRenderer(output.colour()).lines(judge, scores, results));
    } else {
      output.document(new EvaluationReport(judge, scores, List.copyOf(results)));
    }
    return scores.policyHolds() ? ExitCode.DONE : ExitCode.UNEXPECTED;
  }

  private List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add("--evaluate=" + existing("--cases", cases, Files::isDirectory));
    if (config != null) {
      arguments.add("--config=" + existing("--config", config, Files::isRegularFile));
    }
    if (threads < 1 || threads > MOST_THREADS) {
      throw new CliException(
          ExitCode.USAGE,
          "--threads: %d is not 1 to %d".formatted(threads, MOST_THREADS),
          "leave it out");
    }
    arguments.add("--threads=" + threads);
    arguments.add("--only=" + only);
    if (noVariants) {
      arguments.add("--no-variants");
    }
    return arguments;
  }

  private static Path existing(String option, @Nullable String name, Predicate<Path> fits) {
    Path path = Path.of(String.valueOf(name)).toAbsolutePath().normalize();
    if (!fits.test(path)) {
      throw new CliException(
          ExitCode.USAGE,
          "%s: there is no '%s'".formatted(option, name),
          "examples/judge has cases; offshoot.example.yml is a configuration");
    }
    return path;
  }
}
