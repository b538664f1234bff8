package dev.offshoot.neon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.offshoot.domain.OffshootJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The project of a fake Neon: its branches, endpoints and operations, and what it answers while
 * nothing goes wrong. What it does is done after some looks, or some time when nobody looks; while
 * it works it refuses other changes. Not thread-safe.
 */
final class FakeProject {
  private int pooled;
  private static final long FORGOTTEN_NANOS = 1_000_000_000L;

  /**
   * An answer.
   *
   * @param body none for one without
   */
  record Said(int status, @Nullable JsonNode body) {
    static Said error(int status, String code, String message) {
      return new Said(
          status, object().put("request_id", "r-1").put("code", code).put("message", message));
    }
  }

  private record Standing(
      ObjectNode branch,
      Map<String, String> annotation,
      List<ObjectNode> endpoints,
      AtomicInteger looks) {}

  private final @Nullable NeonServers servers;
  private final Map<String, Standing> branches = new LinkedHashMap<>();
  private final Map<String, ObjectNode> operations = new LinkedHashMap<>();
  private final Map<String, Integer> looksLeft = new TreeMap<>();
  private final Map<String, Long> begun = new TreeMap<>();
  private int looksPerOperation = 2;
  private int looksForAddress = 1;
  private @Nullable String schemaDifference;
  private int made;

  FakeProject(@Nullable NeonServers servers) {
    this.servers = servers;
    branches.put(FakeNeon.ROOT, standing(FakeNeon.ROOT, "main", null, null, null, Map.of()));
  }

  void operationsTake(int looks) {
    looksPerOperation = looks;
  }

  void addressesTake(int looks) {
    looksForAddress = looks;
  }

  void schemasDiffer(@Nullable String diff) {
    schemaDifference = diff;
  }

  String branchOfSomebody(String name) {
    made++;
    String id = "br-other-" + made;
    branches.put(id, standing(id, name, FakeNeon.ROOT, "0/1DE2850", null, Map.of()));
    return id;
  }

  List<String> standing() {
    return branches.values().stream()
        .map(each -> each.branch().path("name").asText())
        .filter(name -> !name.equals("main"))
        .toList();
  }

  Optional<String> idOf(String name) {
    return branches.values().stream()
        .map(Standing::branch)
        .filter(branch -> branch.path("name").asText().equals(name))
        .map(branch -> branch.path("id").asText())
        .findFirst();
  }

  String endOf(String name) {
    return branches.get(idOf(name).orElseThrow()).branch().path("expires_at").asText();
  }

  /** Whether it works on something, so that other changes are refused. */
  boolean isWorking() {
    operations.values().stream().filter(this::isForgotten).forEach(FakeProject::finish);
    return operations.values().stream().anyMatch(FakeProject::isRunning);
  }

  Said act(String method, String path, Map<String, String> query, String body) {
    String inProject = path.replaceFirst("^/projects/" + FakeNeon.PROJECT, "");
    if (inProject.equals(path)) {
      return Said.error(404, "", "project not found");
    }
    String[] parts = inProject.isEmpty() ? new String[0] : inProject.substring(1).split("/");
    String what = method + " " + (parts.length == 0 ? "" : parts[0]) + " " + parts.length;
    return switch (what) {
      case "GET  0" -> new Said(200, object().set("project", DescribedObjects.project()));
      case "GET branches 1" -> new Said(200, listed(query));
      case "POST branches 1" -> create(body);
      case "GET connection_uri 1" -> address(query);
      case "GET operations 2" -> operation(parts[1]);
      case "POST endpoints 3" -> endpoint(parts[1], parts[2]);
      case "GET branches 2", "PATCH branches 2", "DELETE branches 2", "GET branches 3" ->
          ofBranch(method, parts, query, body);
      default -> Said.error(404, "", "not found");
    };
  }

  private Said ofBranch(String method, String[] parts, Map<String, String> query, String body) {
    @Nullable Standing standing = branches.get(parts[1]);
    if (standing == null) {
      return method.equals("DELETE")
          ? new Said(204, null)
          : Said.error(404, "", "branch not found");
    }
    if (parts.length == 3) {
      return parts[2].equals("endpoints")
          ? new Said(200, object().set("endpoints", array(standing.endpoints())))
          : comparison(parts[1], query);
    }
    return switch (method) {
      case "GET" -> {
        ObjectNode answer = object().set("branch", standing.branch());
        yield new Said(200, answer.set("annotation", annotation(standing)));
      }
      case "PATCH" -> {
        standing.branch().set("expires_at", tree(body).path("branch").path("expires_at"));
        ObjectNode answer = object().set("branch", standing.branch());
        yield new Said(200, answer.set("operations", array(List.of())));
      }
      default -> {
        boolean hasChild =
            branches.values().stream()
                .anyMatch(each -> each.branch().path("parent_id").asText().equals(parts[1]));
        if (hasChild) {
          yield Said.error(422, "", "branch has children");
        }
        branches.remove(parts[1]);
        if (servers != null) {
          servers.stop(parts[1]);
        }
        ObjectNode answer = object().set("branch", standing.branch());
        yield new Said(
            200, answer.set("operations", array(List.of(begin("delete_timeline", parts[1])))));
      }
    };
  }

  private Said comparison(String id, Map<String, String> query) {
    if (schemaDifference != null) {
      return new Said(200, object().put("diff", schemaDifference));
    }
    String base = String.valueOf(query.get("base_branch_id"));
    Optional<String> difference =
        servers == null || !branches.containsKey(base)
            ? Optional.empty()
            : servers.schemaDifference(base, id, String.valueOf(query.get("db_name")));
    return difference
        .map(diff -> new Said(200, object().put("diff", diff)))
        .orElseGet(() -> Said.error(404, "", "nothing to compare"));
  }

  /** What Neon does by itself at the end of branches. */
  void expire(Instant now) {
    List<String> ended =
        branches.entrySet().stream()
            .filter(each -> each.getValue().branch().hasNonNull("expires_at"))
            .filter(
                each ->
                    !Instant.parse(each.getValue().branch().path("expires_at").asText())
                        .isAfter(now))
            .map(Map.Entry::getKey)
            .toList();
    ended.forEach(
        id -> {
          branches.remove(id);
          if (servers != null) {
            servers.stop(id);
          }
        });
  }

  private Said create(String body) {
    JsonNode wanted = tree(body).path("branch");
    String name = wanted.path("name").asText();
    if (standing().contains(name)) {
      return Said.error(409, "BRANCH_ALREADY_EXISTS", "branch already exists");
    }
    @Nullable Standing parent = branches.get(wanted.path("parent_id").asText());
    if (parent == null) {
      return Said.error(404, "", "parent branch not found");
    }
    if (parent.branch().has("expires_at")) {
      return Said.error(422, "", "an expiring branch cannot have children");
    }
    made++;
    String id = "br-new-" + made;
    String parentId = wanted.path("parent_id").asText();
    String lsn =
        wanted.has("parent_lsn")
            ? wanted.path("parent_lsn").asText()
            : servers == null ? "0/1DE28" + (50 + made) : servers.snapshot(parentId);
    if (servers != null) {
      servers.start(id, lsn);
    }
    Map<String, String> annotation = new TreeMap<>();
    tree(body)
        .path("annotation_value")
        .properties()
        .forEach(each -> annotation.put(each.getKey(), each.getValue().asText()));
    Standing standing =
        standing(
            id,
            name,
            parentId,
            lsn,
            wanted.has("expires_at") ? wanted.path("expires_at").asText() : null,
            annotation);
    List<ObjectNode> begun = new ArrayList<>(List.of(begin("create_branch", id)));
    for (JsonNode endpoint : tree(body).path("endpoints")) {
      standing.endpoints().add(DescribedObjects.endpoint(id, endpoint));
      begun.add(begin("start_compute", id));
    }
    branches.put(id, standing);
    ObjectNode answer = object().set("branch", standing.branch());
    answer.set("endpoints", array(standing.endpoints()));
    answer.set("operations", array(begun));
    answer.set("roles", array(List.of()));
    answer.set("databases", array(List.of()));
    return new Said(201, answer);
  }

  /** How often somebody asked for an address of the pool. */
  int pooled() {
    return pooled;
  }

  private Said address(Map<String, String> query) {
    @Nullable Standing standing = branches.get(String.valueOf(query.get("branch_id")));
    if (standing == null
        || (!standing.branch().path("default").asBoolean()
            && standing.looks().getAndIncrement() < looksForAddress)) {
      return Said.error(404, "", "endpoint not found");
    }
    if ("true".equals(query.get("pooled"))) {
      pooled++;
    }
    if (servers != null) {
      String uri =
          servers.uri(
              standing.branch().path("id").asText(),
              String.valueOf(query.get("database_name")),
              String.valueOf(query.get("role_name")));
      return new Said(200, object().put("uri", uri));
    }
    String host = standing.endpoints().get(0).path("host").asText();
    return new Said(
        200,
        object()
            .put(
                "uri",
                "postgresql://%s:%s@%s/%s?sslmode=require&channel_binding=require"
                    .formatted(
                        query.get("role_name"),
                        "p%40ss+word",
                        "true".equals(query.get("pooled"))
                            ? host.replaceFirst("\\.", "-pooler.")
                            : host,
                        query.get("database_name"))));
  }

  private Said operation(String id) {
    @Nullable ObjectNode operation = operations.get(id);
    if (operation == null) {
      return Said.error(404, "", "operation not found");
    }
    int left = Objects.requireNonNull(looksLeft.merge(id, -1, Integer::sum));
    operation.put("status", left > 0 ? "running" : "finished");
    return new Said(200, object().set("operation", operation));
  }

  private Said endpoint(String id, String what) {
    for (Standing standing : branches.values()) {
      for (ObjectNode endpoint : standing.endpoints()) {
        if (endpoint.path("id").asText().equals(id)) {
          endpoint.put("current_state", what.equals("start") ? "active" : "idle");
          ObjectNode answer = object().set("endpoint", endpoint);
          String action = what.equals("start") ? "start_compute" : "suspend_compute";
          return new Said(
              200,
              answer.set(
                  "operations",
                  array(List.of(begin(action, standing.branch().path("id").asText())))));
        }
      }
    }
    return Said.error(404, "", "endpoint not found");
  }

  private ObjectNode listed(Map<String, String> query) {
    String search = query.getOrDefault("search", "");
    int from = Integer.parseInt(query.getOrDefault("cursor", "0"));
    int limit = Integer.parseInt(query.getOrDefault("limit", "10000"));
    List<Standing> found =
        branches.values().stream()
            .filter(each -> each.branch().path("name").asText().contains(search))
            .toList();
    List<Standing> page = found.stream().skip(from).limit(limit).toList();
    ObjectNode answer = object();
    answer.set("branches", array(page.stream().map(Standing::branch).toList()));
    ObjectNode annotations = answer.putObject("annotations");
    page.stream()
        .filter(each -> !each.annotation().isEmpty())
        .forEach(each -> annotations.set(each.branch().path("id").asText(), annotation(each)));
    if (from + page.size() < found.size()) {
      answer.putObject("pagination").put("next", Integer.toString(from + page.size()));
    }
    return answer;
  }

  private ObjectNode begin(String action, String branch) {
    ObjectNode operation =
        DescribedObjects.operation(branch, action, looksPerOperation == 0 ? "finished" : "running");
    operations.put(operation.path("id").asText(), operation);
    looksLeft.put(operation.path("id").asText(), looksPerOperation);
    begun.put(operation.path("id").asText(), System.nanoTime());
    return operation;
  }

  private boolean isForgotten(ObjectNode operation) {
    Long since = Objects.requireNonNull(begun.get(operation.path("id").asText()));
    return System.nanoTime() - since > FORGOTTEN_NANOS;
  }

  private static void finish(ObjectNode operation) {
    operation.put("status", "finished");
  }

  private static boolean isRunning(ObjectNode operation) {
    return operation.path("status").asText().equals("running");
  }

  private static Standing standing(
      String id,
      String name,
      @Nullable String parent,
      @Nullable String lsn,
      @Nullable String expiresAt,
      Map<String, String> annotation) {
    ObjectNode branch = DescribedObjects.branch(id, name, parent, lsn, expiresAt);
    return new Standing(branch, annotation, new ArrayList<>(), new AtomicInteger());
  }

  private static ObjectNode annotation(Standing standing) {
    ObjectNode value = object();
    standing.annotation().forEach(value::put);
    ObjectNode annotation = object();
    annotation
        .putObject("object")
        .put("type", "console/branch")
        .put("id", standing.branch().path("id").asText());
    return annotation.set("value", value);
  }

  private static ObjectNode object() {
    return OffshootJson.mapper().createObjectNode();
  }

  private static ArrayNode array(List<ObjectNode> nodes) {
    ArrayNode array = OffshootJson.mapper().createArrayNode();
    nodes.forEach(array::add);
    return array;
  }

  private static JsonNode tree(String json) {
    try {
      return OffshootJson.mapper().readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
