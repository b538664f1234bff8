package dev.offshoot;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** A case that needs what older servers do not have; it is skipped there and says why. */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SincePostgres.Condition.class)
public @interface SincePostgres {
  /** The first major version that has it. */
  int value();

  /** What older servers lack. */
  String because();

  /** Compares with the server of this run. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return AnnotationSupport.findAnnotation(context.getElement(), SincePostgres.class)
          .filter(since -> PostgresServer.majorVersion() < since.value())
          .map(
              since ->
                  ConditionEvaluationResult.disabled(
                      "Postgres %d has no %s"
                          .formatted(PostgresServer.majorVersion(), since.because())))
          .orElseGet(() -> ConditionEvaluationResult.enabled("the server is new enough"));
    }
  }
}
