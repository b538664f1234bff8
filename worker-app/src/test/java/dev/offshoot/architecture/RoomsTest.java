package dev.offshoot.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Which room may look at which: DESIGN.md, section 3. Maven's modules hold a part of it, too. */
@AnalyzeClasses(packages = "dev.offshoot", importOptions = ProductionCode.class)
class RoomsTest {
  private static final String[] ACTIVITIES = {
    "dev.offshoot.branch..",
    "dev.offshoot.experiment..",
    "dev.offshoot.changelog..",
    "dev.offshoot.diff..",
    "dev.offshoot.evaluation..",
    "dev.offshoot.judge..",
    "dev.offshoot.merge..",
    "dev.offshoot.ledger..",
    "dev.offshoot.read..",
    "dev.offshoot.revert..",
    "dev.offshoot.sql..",
    "dev.offshoot.step.."
  };
  private static final String WORKER = "dev.offshoot.worker..";
  private static final String[] SPRING = {"org.springframework..", "io.temporal.spring.."};

  @ArchTest
  static final ArchRule domainAndPolicy_knowNeitherTemporalNorSpringNorDatabases =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.offshoot.domain..",
              "dev.offshoot.policy..",
              "dev.offshoot.score..",
              "dev.offshoot.text..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.temporal..", "org.springframework..", "java.sql..", "javax.sql..");

  @ArchTest
  static final ArchRule domain_knowsNoOtherRoom =
      noClasses()
          .that()
          .resideInAPackage("dev.offshoot.domain..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.offshoot.policy..",
              "dev.offshoot.text..",
              "dev.offshoot.workflow..",
              "dev.offshoot.activity..");

  @ArchTest
  static final ArchRule policy_knowsOnlyTheDomain =
      noClasses()
          .that()
          .resideInAPackage("dev.offshoot.policy..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.offshoot.text..", "dev.offshoot.workflow..", "dev.offshoot.activity..");

  @ArchTest
  static final ArchRule text_knowsDomainAndPolicyOnly =
      noClasses()
          .that()
          .resideInAPackage("dev.offshoot.text..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.offshoot.workflow..", "dev.offshoot.activity..");

  @ArchTest
  static final ArchRule workflows_knowNoActivityImplementation =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.offshoot.domain..",
              "dev.offshoot.policy..",
              "dev.offshoot.score..",
              "dev.offshoot.text..",
              "dev.offshoot.workflow..",
              "dev.offshoot.activity..",
              "dev.offshoot.client..",
              "dev.offshoot.codec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ACTIVITIES);

  @ArchTest
  static final ArchRule workerIsKnownToNobody =
      noClasses()
          .that()
          .resideOutsideOfPackage(WORKER)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(WORKER);

  @ArchTest
  static final ArchRule springIsKnownToTheWorkerOnly =
      noClasses()
          .that()
          .resideOutsideOfPackage(WORKER)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SPRING);

  @ArchTest
  static final ArchRule serversOfTheStack_knowNoSpring =
      noClasses()
          .that()
          .resideInAPackage("dev.offshoot.worker.stack..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(SPRING);

  @ArchTest
  static final ArchRule stepsOfTheWorkflow_areInterfacesAndRecords =
      classes()
          .that()
          .resideInAPackage("dev.offshoot.activity..")
          .and()
          .doNotHaveSimpleName("package-info")
          .should()
          .beInterfaces()
          .orShould()
          .beRecords();

  @ArchTest
  static final ArchRule packages_haveNoCycles =
      slices().matching("dev.offshoot.(**)").should().beFreeOfCycles();
}
