package dev.offshoot.worker.temporal;

import dev.offshoot.workflow.OffshootNames;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The Temporal server as the worker needs it before it polls. Thread-safe. */
public final class TemporalServer {
  private static final Logger LOG = LoggerFactory.getLogger(TemporalServer.class);
  private static final int ANSWER_SECONDS = 5;

  private final TemporalTarget target;
  private final WorkflowServiceStubs stubs;

  public TemporalServer(TemporalTarget target, WorkflowServiceStubs stubs) {
    this.target = target;
    this.stubs = stubs;
  }

  /** Search attributes that experiments carry, with Temporal's types. */
  public static Map<String, IndexedValueType> searchAttributes() {
    Map<String, IndexedValueType> types = new TreeMap<>();
    OffshootNames.SEARCH_ATTRIBUTES.forEach((name, type) -> types.put(name, typeOf(type)));
    return types;
  }

  private static IndexedValueType typeOf(String name) {
    return switch (name) {
      case "Keyword" -> IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
      case "KeywordList" -> IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST;
      default -> throw new IllegalArgumentException("no type of search attributes: " + name);
    };
  }

  /**
   * Asks for the namespace.
   *
   * @throws NotYet if the server does not answer, refuses us or has no such namespace
   */
  public void requireReachable() {
    // Otherwise a server that comes back waits for the end of gRPC's own pause.
    stubs.getRawChannel().resetConnectBackoff();
    try {
      stubs
          .blockingStub()
          .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
          .describeNamespace(
              DescribeNamespaceRequest.newBuilder().setNamespace(target.namespace()).build());
    } catch (StatusRuntimeException e) {
      throw new NotYet(explain(e.getStatus().getCode()), e);
    }
  }

  private String explain(Status.Code code) {
    return switch (code) {
      case NOT_FOUND ->
          "Temporal at %s has no namespace '%s' (temporal operator namespace create --namespace %2$s)"
              .formatted(target.address(), target.namespace());
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          "Temporal at %s refuses us for namespace '%s'; check offshoot.temporal.api-key and tls"
              .formatted(target.address(), target.namespace());
      default -> "Temporal at %s does not answer (%s)".formatted(target.address(), code);
    };
  }

  /**
   * Registers the search attributes that are missing. Registered already with the right type is
   * fine.
   *
   * @throws NotYet if we may not, or one has another type; names attributes and commands
   */
  public void requireSearchAttributes() {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder(target.options())
                .validateAndBuildWithDefaults());
    try {
      requireSearchAttributes(operator);
    } finally {
      operator.shutdownNow();
    }
  }

  private void requireSearchAttributes(OperatorServiceStubs operator) {
    Map<String, IndexedValueType> registered;
    try {
      registered = registered(operator);
    } catch (StatusRuntimeException e) {
      if (isRefusal(e)) {
        // Temporal Cloud answers so to everybody: whether they are there cannot be seen from here.
        LOG.warn(
            "Temporal does not let us see search attributes. If experiments hang at once, an administrator must run: {}",
            commands(searchAttributes()));
        return;
      }
      throw new NotYet(explain(e.getStatus().getCode()), e);
    }
    Map<String, IndexedValueType> missing = new TreeMap<>();
    searchAttributes()
        .forEach(
            (name, type) -> {
              IndexedValueType there = registered.get(name);
              if (there == null) {
                missing.put(name, type);
              } else if (there != type) {
                throw new NotYet(
                    "search attribute %s is %s in namespace '%s' but must be %s; remove it there or use another namespace"
                        .formatted(name, typeName(there), target.namespace(), typeName(type)));
              }
            });
    if (!missing.isEmpty()) {
      add(operator, missing);
    }
  }

  private Map<String, IndexedValueType> registered(OperatorServiceStubs operator) {
    try {
      return operator
          .blockingStub()
          .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
          .listSearchAttributes(
              ListSearchAttributesRequest.newBuilder().setNamespace(target.namespace()).build())
          .getCustomAttributesMap();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNIMPLEMENTED) {
        // The SDK's test server can add but not list: adding says which are there.
        return Map.of();
      }
      throw e;
    }
  }

  private void add(OperatorServiceStubs operator, Map<String, IndexedValueType> missing) {
    try {
      // One by one, since one that is there already would make the server refuse the others.
      missing.forEach((name, type) -> add(operator, name, type));
    } catch (StatusRuntimeException e) {
      throw new NotYet(
          isRefusal(e)
              ? "search attributes %s are missing and Temporal does not let us register them; an administrator must run: %s"
                  .formatted(missing.keySet(), commands(missing))
              : "search attributes %s could not be registered (%s)"
                  .formatted(missing.keySet(), e.getStatus().getCode()),
          e);
    }
  }

  private void add(OperatorServiceStubs operator, String name, IndexedValueType type) {
    try {
      operator
          .blockingStub()
          .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
          .addSearchAttributes(
              AddSearchAttributesRequest.newBuilder()
                  .setNamespace(target.namespace())
                  .putSearchAttributes(name, type)
                  .build());
      LOG.info("registered search attribute {}", name);
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
        throw e;
      }
    }
  }

  private static boolean isRefusal(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case PERMISSION_DENIED, UNAUTHENTICATED -> true;
      default -> false;
    };
  }

  private String commands(Map<String, IndexedValueType> attributes) {
    return attributes.entrySet().stream()
        .map(
            attribute ->
                "temporal operator search-attribute create --namespace %s --name %s --type %s"
                    .formatted(
                        target.namespace(), attribute.getKey(), typeName(attribute.getValue())))
        .collect(Collectors.joining("; "));
  }

  private static String typeName(IndexedValueType type) {
    StringBuilder name = new StringBuilder();
    for (String word : type.name().replace("INDEXED_VALUE_TYPE_", "").split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }
}
