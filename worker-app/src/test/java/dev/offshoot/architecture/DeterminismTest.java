package dev.offshoot.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.Set;

/**
 * A workflow is run again from its history, so its code and all that it calls may look at nothing
 * else: no clock, chance, thread, environment, file or network. {@code Workflow} offers the
 * deterministic forms.
 */
@AnalyzeClasses(packages = "dev.offshoot", importOptions = ProductionCode.class)
class DeterminismTest {
  private static final String[] DETERMINISTIC = {
    "dev.offshoot.domain..",
    "dev.offshoot.policy..",
    "dev.offshoot.text..",
    "dev.offshoot.workflow.."
  };

  /** By class, the methods that read what may differ the next time. */
  private static final Map<String, Set<String>> FORBIDDEN_CALLS =
      Map.ofEntries(
          Map.entry("java.time.Instant", Set.of("now")),
          Map.entry("java.time.LocalDate", Set.of("now")),
          Map.entry("java.time.LocalDateTime", Set.of("now")),
          Map.entry("java.time.LocalTime", Set.of("now")),
          Map.entry("java.time.OffsetDateTime", Set.of("now")),
          Map.entry("java.time.ZonedDateTime", Set.of("now")),
          Map.entry("java.time.ZoneId", Set.of("systemDefault")),
          Map.entry("java.util.UUID", Set.of("randomUUID")),
          Map.entry("java.util.Locale", Set.of("getDefault")),
          Map.entry("java.util.TimeZone", Set.of("getDefault")),
          Map.entry("java.lang.Math", Set.of("random")),
          Map.entry("java.util.Collections", Set.of("shuffle")),
          Map.entry(
              "java.lang.System",
              Set.of("currentTimeMillis", "nanoTime", "getenv", "getProperty", "exit")),
          Map.entry("java.lang.Object", Set.of("wait", "notify", "notifyAll")),
          Map.entry("java.util.Collection", Set.of("parallelStream")),
          Map.entry("java.util.List", Set.of("parallelStream")),
          Map.entry("java.util.Set", Set.of("parallelStream")));

  private static final Set<String> FORBIDDEN_CLASSES =
      Set.of(
          "java.lang.Thread",
          "java.lang.ThreadLocal",
          "java.lang.Runtime",
          "java.lang.ProcessBuilder",
          "java.lang.ProcessHandle",
          "java.time.Clock",
          "java.util.Date",
          "java.util.Random",
          "java.util.Timer",
          "java.security.SecureRandom",
          "java.util.concurrent.ThreadLocalRandom",
          "java.util.concurrent.CompletableFuture",
          "org.slf4j.LoggerFactory");

  @ArchTest
  static final ArchRule workflowCode_readsNoClockChanceOrEnvironment =
      noClasses()
          .that()
          .resideInAnyPackage(DETERMINISTIC)
          .should()
          .accessTargetWhere(isForbiddenCall())
          .because(
              "it is replayed: use Workflow.currentTimeMillis, newRandom, randomUUID, getLogger");

  @ArchTest
  static final ArchRule workflowCode_usesNoThreadsChanceOrLoggers =
      noClasses()
          .that()
          .resideInAnyPackage(DETERMINISTIC)
          .should()
          .dependOnClassesThat(
              describe(
                  "belong to clocks, chance, threads or loggers",
                  type -> FORBIDDEN_CLASSES.contains(type.getName())))
          .because("it is replayed: use Workflow.sleep, newTimer, Async, newRandom, getLogger");

  /** Reading JSON throws IOException, which does no input or output. */
  @ArchTest
  static final ArchRule workflowCode_doesNoInputOrOutput =
      noClasses()
          .that()
          .resideInAnyPackage(DETERMINISTIC)
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.io..",
                      "java.net..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "java.sql..",
                      "javax.sql..",
                      "java.util.concurrent.locks..")
                  .and(describe("do input or output", type -> !isHarmless(type))))
          .because("it is replayed: steps that touch the world are activities");

  private static boolean isHarmless(JavaClass type) {
    return type.isAssignableTo(Throwable.class) || type.getName().equals("java.io.Serializable");
  }

  private static DescribedPredicate<JavaAccess<?>> isForbiddenCall() {
    return describe(
        "reads what may differ the next time",
        access -> {
          AccessTarget target = access.getTarget();
          return FORBIDDEN_CALLS
              .getOrDefault(target.getOwner().getName(), Set.of())
              .contains(target.getName());
        });
  }
}
