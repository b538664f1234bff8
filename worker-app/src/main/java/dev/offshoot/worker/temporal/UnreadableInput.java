package dev.offshoot.worker.temporal;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonMappingException;
import dev.offshoot.codec.UnencryptedPayload;
import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.domain.ShownText;
import dev.offshoot.workflow.Failures;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.failure.ApplicationFailure;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a specification that has the wrong form, a list for a duration for instance, a {@code
 * BAD_SPEC} that names the field, as if the specification's own validation had seen it.
 */
public final class UnreadableInput extends WorkerInterceptorBase {
  private static final int MOST_CHARACTERS = 300;

  @Override
  public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
    return new WorkflowInboundCallsInterceptorBase(next) {
      @Override
      public void init(WorkflowOutboundCallsInterceptor outboundCalls) {
        try {
          // Reads the input, where a workflow's constructor takes it.
          super.init(outboundCalls);
        } catch (DataConverterException e) {
          throw badSpec(e);
        }
      }
    };
  }

  private static ApplicationFailure badSpec(DataConverterException unreadable) {
    return Failures.toTemporal(
        new OffshootException(
            ErrorCode.BAD_SPEC,
            ShownText.oneLine(
                reason(unreadable) + "; see the documented JSON contract", MOST_CHARACTERS)));
  }

  private static String reason(Throwable unreadable) {
    for (@Nullable Throwable t = unreadable; t != null; t = t.getCause()) {
      if (t instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
        return path(mapping) + ": " + mapping.getOriginalMessage();
      }
      if (t instanceof UnencryptedPayload unencrypted) {
        return "input: " + unencrypted.getMessage();
      }
      if (t instanceof JacksonException) {
        return "input: it is not a JSON object with the fields of a specification";
      }
    }
    return "input: it cannot be read as JSON";
  }

  private static String path(JsonMappingException mapping) {
    return mapping.getPath().stream()
        .map(
            step -> step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
        .collect(Collectors.joining("."))
        .replace(".[", "[");
  }
}
