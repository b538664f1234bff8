package dev.offshoot.worker.evaluation;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.OffshootJson;
import dev.offshoot.evaluation.CaseFolder;
import dev.offshoot.evaluation.CaseSet;
import dev.offshoot.evaluation.Evaluation;
import dev.offshoot.judge.Judge;
import dev.offshoot.score.Variation;
import dev.offshoot.worker.settings.ConfigFile;
import dev.offshoot.worker.settings.JudgeSettings;
import dev.offshoot.worker.settings.SettingsException;
import dev.offshoot.worker.settings.SettingsReader;
import dev.offshoot.worker.stack.StackException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingInitializationContext;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Runs an evaluation and tells the CLI that started us about it, in lines of JSON on standard
 * output. Needs no Temporal and no Spring context.
 */
public final class EvaluationProgram {
  private static final String BEGIN = "OFFSHOOT-BEGIN ";
  private static final String RESULT = "OFFSHOOT-RESULT ";
  private static final String END = "OFFSHOOT-END ";
  private static final String FAILED = "OFFSHOOT-FAILED ";

  private final EvaluationRequest request;
  private final PrintStream out;
  private final Function<JudgeSettings, Judge> judges;

  /**
   * @param out heard by the CLI alone
   * @param judges makes the judge that is asked
   */
  public EvaluationProgram(
      EvaluationRequest request, PrintStream out, Function<JudgeSettings, Judge> judges) {
    this.request = request;
    this.out = out;
    this.judges = judges;
  }

  /** Runs it; answers the exit code. */
  public int run() {
    // Whatever a library prints goes elsewhere.
    System.setOut(System.err);
    StandardEnvironment environment = new StandardEnvironment();
    quiet(environment);
    try {
      evaluate(judge(environment));
      return 0;
    } catch (SettingsException | OffshootException | StackException e) {
      say(FAILED, Map.of("message", String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      say(FAILED, Map.of("message", "interrupted"));
    }
    return 1;
  }

  private static void quiet(StandardEnvironment environment) {
    LoggingSystem logging = LoggingSystem.get(EvaluationProgram.class.getClassLoader());
    logging.beforeInitialize();
    logging.initialize(new LoggingInitializationContext(environment), null, null);
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.ERROR);
  }

  private Judge judge(StandardEnvironment environment) {
    MutablePropertySources sources = environment.getPropertySources();
    if (request.config() != null) {
      for (PropertySource<?> source : ConfigFile.load(request.config())) {
        sources.addAfter(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, source);
      }
    }
    ConfigurationPropertySources.attach(environment);
    return judges.apply(SettingsReader.readJudge(environment));
  }

  private void evaluate(Judge judge) throws InterruptedException {
    List<CaseSet> sets =
        CaseFolder.read(request.cases()).stream().map(set -> set.only(request.only())).toList();
    try (EvaluationServer server = EvaluationServer.start()) {
      Evaluation evaluation =
          new Evaluation(
              server,
              server.changeSets(),
              judge,
              request.variants() ? Evaluation.allVariations() : Set.<Variation>of(),
              request.threads());
      say(
          BEGIN,
          Map.of(
              "cases", sets.stream().mapToInt(set -> set.caseNames().size()).sum(),
              "mostResults", evaluation.mostResults(sets)));
      evaluation.run(sets, result -> say(RESULT, result));
    }
    say(END, Map.of("judge", judge.examine().finding()));
  }

  private synchronized void say(String what, Object json) {
    try {
      out.println(what + OffshootJson.mapper().writeValueAsString(json));
      out.flush();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record that is no JSON", e);
    }
  }
}
