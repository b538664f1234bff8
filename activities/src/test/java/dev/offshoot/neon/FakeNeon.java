package dev.offshoot.neon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.offshoot.domain.OffshootJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;

/**
 * A Neon of one project, as far as we ask for it, written from the published description. What it
 * does takes a while and is done after some looks, or some time when nobody looks; while it works
 * it refuses other changes. Faults are asked for one by one. Where the description is to be had,
 * every request and every answer is held against it.
 *
 * <p>With servers behind it each branch is a Postgres of its own; else there are only names.
 */
public final class FakeNeon implements AutoCloseable {
  public static final String PROJECT = "shiny-wind-028834";
  static final String KEY = "napi_secret";
  public static final String ROOT = "br-aged-salad-637688";

  private static final long FORGOTTEN_NANOS = 1_000_000_000L;

  /** Something that goes wrong once. */
  public enum Fault {
    /** Refused and without effect; to be repeated. */
    LOCKED,
    TOO_MANY,
    UNAVAILABLE,
    /** Status 500 and nothing happened. */
    ERROR_BEFORE,
    /** Status 500, and it has happened all the same. */
    ERROR_AFTER,
    /** It has happened, and the connection breaks before the answer. */
    LOST_ANSWER,
    /** It has happened, and the answer is cut off. */
    CUT_ANSWER,
    /** It has happened, and the answer is JSON of another kind. */
    OTHER_ANSWER,
    /** The plan has no room. */
    NO_ROOM,
    /** Payment is due. */
    UNPAID
  }

  private record Standing(
      ObjectNode branch, Map<String, String> annotation, List<ObjectNode> endpoints, int[] looks) {}

  private final @Nullable NeonServers servers;
  private final MockWebServer server = new MockWebServer();
  private final Optional<PublishedDescription> description = PublishedDescription.find();
  private final Map<String, Standing> branches = new LinkedHashMap<>();
  private final Map<String, ObjectNode> operations = new LinkedHashMap<>();
  private final Map<String, Integer> looksLeft = new TreeMap<>();
  private final Map<String, Long> begun = new TreeMap<>();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private int looksPerOperation = 2;
  private int looksForAddress = 1;
  private String schemaDifference = "";
  private int made;

  private FakeNeon(@Nullable NeonServers servers) throws IOException {
    this.servers = servers;
    branches.put(ROOT, standing(ROOT, "main", null, null, null, Map.of()));
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return answer(request);
          }
        });
    server.start();
  }

  static FakeNeon start() {
    return over(null);
  }

  /** With a server for each branch; closes them too. */
  public static FakeNeon over(@Nullable NeonServers servers) {
    try {
      return new FakeNeon(servers);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public NeonProject project() {
    return new NeonProject("p", URI.create(server.url("/api/v2").toString()), PROJECT, KEY);
  }

  /** The next requests that change something meet these, one each. */
  public synchronized void next(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** How often somebody must look before an operation is done. */
  public synchronized void operationsTake(int looks) {
    looksPerOperation = looks;
  }

  /** How often somebody must ask before a new branch has an address. */
  public synchronized void addressesTake(int looks) {
    looksForAddress = looks;
  }

  synchronized void schemasDiffer(String diff) {
    schemaDifference = diff;
  }

  /** Somebody else makes a branch. */
  public synchronized String branchOfSomebody(String name) {
    String id = "br-other-" + (++made);
    branches.put(id, standing(id, name, ROOT, "0/1DE2850", null, Map.of()));
    return id;
  }

  /** Names of the branches that stand, without the root. */
  public synchronized List<String> standing() {
    return branches.values().stream()
        .map(each -> each.branch().path("name").asText())
        .filter(name -> !name.equals("main"))
        .toList();
  }

  /** The id of the branch of that name. */
  public synchronized Optional<String> idOf(String name) {
    return branches.values().stream()
        .map(Standing::branch)
        .filter(branch -> branch.path("name").asText().equals(name))
        .map(branch -> branch.path("id").asText())
        .findFirst();
  }

  /** When the branch of that name is to go by itself. */
  public synchronized String endOf(String name) {
    return branches.get(idOf(name).orElseThrow()).branch().path("expires_at").asText();
  }

  /** What does not agree with the description; checked by {@link #close} too. */
  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  /** {@code METHOD path} of all requests. */
  public synchronized List<String> asked() {
    return List.copyOf(asked);
  }

  /** Whether requests and answers could be held against the description. */
  boolean isChecked() {
    return description.isPresent();
  }

  @Override
  public void close() {
    server.close();
    if (servers != null) {
      servers.close();
    }
    if (!problems().isEmpty()) {
      throw new AssertionError("not as described: " + problems());
    }
  }

  private synchronized MockResponse answer(RecordedRequest request) {
    String path = request.getUrl().encodedPath().replaceFirst("^/api/v2", "");
    String method = request.getMethod();
    asked.add(method + " " + path);
    String body = request.getBody() == null ? "" : request.getBody().utf8();
    Map<String, String> query = new TreeMap<>();
    for (String name : request.getUrl().queryParameterNames()) {
      query.put(name, Objects.requireNonNull(request.getUrl().queryParameter(name)));
    }
    description.ifPresent(
        is ->
            is.problemsOfRequest(method, path, query, body)
                .forEach(problem -> problems.add(method + " " + path + " " + problem)));
    if (!("Bearer " + KEY).equals(request.getHeaders().get("Authorization"))) {
      return error(method, path, 401, "", "authentication failed");
    }
    boolean changes = !method.equals("GET");
    @Nullable Fault fault = changes ? faults.poll() : null;
    if (fault != null) {
      Optional<MockResponse> refused = refused(fault, method, path);
      if (refused.isPresent()) {
        return refused.get();
      }
    }
    operations.values().stream().filter(this::isForgotten).forEach(FakeNeon::finish);
    if (changes && operations.values().stream().anyMatch(FakeNeon::isRunning)) {
      return error(method, path, 423, "", "project already has running conflicting operations");
    }
    MockResponse answer = act(method, path, query, body);
    return fault == null ? answer : spoilt(fault, answer, method, path);
  }

  private Optional<MockResponse> refused(Fault fault, String method, String path) {
    return switch (fault) {
      case LOCKED -> Optional.of(error(method, path, 423, "", "locked"));
      case TOO_MANY ->
          Optional.of(
              error(method, path, 429, "", "rate limit exceeded")
                  .newBuilder()
                  .addHeader("Retry-After", "2")
                  .build());
      case UNAVAILABLE -> Optional.of(error(method, path, 503, "", "unavailable"));
      case ERROR_BEFORE -> Optional.of(error(method, path, 500, "", "internal error"));
      case NO_ROOM ->
          Optional.of(
              error(method, path, 422, "BRANCHES_LIMIT_EXCEEDED", "branches limit exceeded"));
      case UNPAID -> Optional.of(error(method, path, 402, "", "payment required"));
      case ERROR_AFTER, LOST_ANSWER, CUT_ANSWER, OTHER_ANSWER -> Optional.empty();
    };
  }

  private MockResponse spoilt(Fault fault, MockResponse answer, String method, String path) {
    return switch (fault) {
      case ERROR_AFTER -> error(method, path, 500, "", "internal error");
      case LOST_ANSWER ->
          new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
      case CUT_ANSWER -> answer.newBuilder().onResponseBody(new SocketEffect.CloseSocket()).build();
      case OTHER_ANSWER -> new MockResponse.Builder().body("{\"hello\":true}").build();
      default -> answer;
    };
  }

  private MockResponse act(String method, String path, Map<String, String> query, String body) {
    String inProject = path.replaceFirst("^/projects/" + PROJECT, "");
    if (inProject.equals(path)) {
      return error(method, path, 404, "", "project not found");
    }
    String[] parts = inProject.isEmpty() ? new String[0] : inProject.substring(1).split("/");
    String what = method + " " + (parts.length == 0 ? "" : parts[0]) + " " + parts.length;
    return switch (what) {
      case "GET  0" -> said(method, path, 200, object().set("project", projectObject()));
      case "GET branches 1" -> said(method, path, 200, listed(query));
      case "POST branches 1" -> create(method, path, body);
      case "GET connection_uri 1" -> address(method, path, query);
      case "GET operations 2" -> operation(method, path, parts[1]);
      case "POST endpoints 3" -> endpoint(method, path, parts[1], parts[2]);
      case "GET branches 2", "PATCH branches 2", "DELETE branches 2", "GET branches 3" ->
          ofBranch(method, path, parts, body);
      default -> error(method, path, 404, "", "not found");
    };
  }

  private MockResponse ofBranch(String method, String path, String[] parts, String body) {
    @Nullable Standing standing = branches.get(parts[1]);
    if (standing == null) {
      return method.equals("DELETE")
          ? new MockResponse.Builder().code(204).build()
          : error(method, path, 404, "", "branch not found");
    }
    if (parts.length == 3) {
      return parts[2].equals("endpoints")
          ? said(method, path, 200, object().set("endpoints", array(standing.endpoints())))
          : said(method, path, 200, object().put("diff", schemaDifference));
    }
    return switch (method) {
      case "GET" -> {
        ObjectNode answer = object().set("branch", standing.branch());
        yield said(method, path, 200, answer.set("annotation", annotation(standing)));
      }
      case "PATCH" -> {
        standing.branch().set("expires_at", tree(body).path("branch").path("expires_at"));
        ObjectNode answer = object().set("branch", standing.branch());
        yield said(method, path, 200, answer.set("operations", array(List.of())));
      }
      default -> {
        boolean hasChild =
            branches.values().stream()
                .anyMatch(each -> each.branch().path("parent_id").asText().equals(parts[1]));
        if (hasChild) {
          yield error(method, path, 422, "", "branch has children");
        }
        branches.remove(parts[1]);
        if (servers != null) {
          servers.stop(parts[1]);
        }
        ObjectNode answer = object().set("branch", standing.branch());
        yield said(
            method,
            path,
            200,
            answer.set("operations", array(List.of(begin("delete_timeline", parts[1])))));
      }
    };
  }

  private MockResponse create(String method, String path, String body) {
    JsonNode wanted = tree(body).path("branch");
    String name = wanted.path("name").asText();
    if (standing().contains(name)) {
      return error(method, path, 409, "BRANCH_ALREADY_EXISTS", "branch already exists");
    }
    @Nullable Standing parent = branches.get(wanted.path("parent_id").asText());
    if (parent == null) {
      return error(method, path, 404, "", "parent branch not found");
    }
    if (parent.branch().has("expires_at")) {
      return error(method, path, 422, "", "an expiring branch cannot have children");
    }
    String id = "br-new-" + (++made);
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
      standing.endpoints().add(endpointObject(id, endpoint));
      begun.add(begin("start_compute", id));
    }
    branches.put(id, standing);
    ObjectNode answer = object().set("branch", standing.branch());
    answer.set("endpoints", array(standing.endpoints()));
    answer.set("operations", array(begun));
    answer.set("roles", array(List.of()));
    answer.set("databases", array(List.of()));
    return said(method, path, 201, answer);
  }

  private MockResponse address(String method, String path, Map<String, String> query) {
    @Nullable Standing standing = branches.get(String.valueOf(query.get("branch_id")));
    if (standing == null
        || (!standing.branch().path("default").asBoolean()
            && standing.looks()[0]++ < looksForAddress)) {
      return error(method, path, 404, "", "endpoint not found");
    }
    if (servers != null) {
      String uri =
          servers.uri(
              standing.branch().path("id").asText(),
              String.valueOf(query.get("database_name")),
              String.valueOf(query.get("role_name")));
      return said(method, path, 200, object().put("uri", uri));
    }
    String host = standing.endpoints().get(0).path("host").asText();
    return said(
        method,
        path,
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

  private MockResponse operation(String method, String path, String id) {
    @Nullable ObjectNode operation = operations.get(id);
    if (operation == null) {
      return error(method, path, 404, "", "operation not found");
    }
    int left = Objects.requireNonNull(looksLeft.merge(id, -1, Integer::sum));
    operation.put("status", left > 0 ? "running" : "finished");
    return said(method, path, 200, object().set("operation", operation));
  }

  private MockResponse endpoint(String method, String path, String id, String what) {
    for (Standing standing : branches.values()) {
      for (ObjectNode endpoint : standing.endpoints()) {
        if (endpoint.path("id").asText().equals(id)) {
          endpoint.put("current_state", what.equals("start") ? "active" : "idle");
          ObjectNode answer = object().set("endpoint", endpoint);
          String action = what.equals("start") ? "start_compute" : "suspend_compute";
          return said(
              method,
              path,
              200,
              answer.set(
                  "operations",
                  array(List.of(begin(action, standing.branch().path("id").asText())))));
        }
      }
    }
    return error(method, path, 404, "", "endpoint not found");
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
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode operation =
        object()
            .put("id", UUID.randomUUID().toString())
            .put("project_id", PROJECT)
            .put("branch_id", branch)
            .put("action", action)
            .put("status", looksPerOperation == 0 ? "finished" : "running")
            .put("failures_count", 0)
            .put("created_at", now)
            .put("updated_at", now)
            .put("total_duration_ms", 100);
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
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode branch =
        object()
            .put("id", id)
            .put("project_id", PROJECT)
            .put("name", name)
            .put("current_state", "ready")
            .put("state_changed_at", now)
            .put("logical_size", 30_000_000)
            .put("creation_source", "console")
            .put("default", parent == null)
            .put("protected", false)
            .put("cpu_used_sec", 0)
            .put("compute_time_seconds", 0)
            .put("active_time_seconds", 0)
            .put("written_data_bytes", 0)
            .put("data_transfer_bytes", 0)
            .put("created_at", now)
            .put("updated_at", now);
    if (parent != null) {
      branch.put("parent_id", parent).put("parent_lsn", lsn);
    }
    if (expiresAt != null) {
      branch.put("expires_at", expiresAt);
    }
    return new Standing(branch, annotation, new ArrayList<>(), new int[1]);
  }

  private static ObjectNode endpointObject(String branch, JsonNode wanted) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    String id = "ep-of-" + branch;
    ObjectNode endpoint =
        object()
            .put("host", id + ".eu-central-1.aws.neon.tech")
            .put("id", id)
            .put("project_id", PROJECT)
            .put("branch_id", branch)
            .put("region_id", "aws-eu-central-1")
            .put("type", wanted.path("type").asText())
            .put("current_state", "init")
            .put("pooler_enabled", false)
            .put("pooler_mode", "transaction")
            .put("disabled", false)
            .put("passwordless_access", true)
            .put("creation_source", "console")
            .put("created_at", now)
            .put("updated_at", now)
            .put("proxy_host", "eu-central-1.aws.neon.tech")
            .put("provisioner", "k8s-neonvm");
    endpoint.set("autoscaling_limit_min_cu", wanted.path("autoscaling_limit_min_cu"));
    endpoint.set("autoscaling_limit_max_cu", wanted.path("autoscaling_limit_max_cu"));
    endpoint.set("suspend_timeout_seconds", wanted.path("suspend_timeout_seconds"));
    endpoint.putObject("settings");
    return endpoint;
  }

  private static ObjectNode projectObject() {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return object()
        .put("id", PROJECT)
        .put("name", "shiny-wind")
        .put("platform_id", "aws")
        .put("region_id", "aws-eu-central-1")
        .put("provisioner", "k8s-neonvm")
        .put("pg_version", 17)
        .put("proxy_host", "eu-central-1.aws.neon.tech")
        .put("branch_logical_size_limit", 512)
        .put("branch_logical_size_limit_bytes", 536_870_912)
        .put("store_passwords", true)
        .put("creation_source", "console")
        .put("history_retention_seconds", 86_400)
        .put("created_at", now)
        .put("updated_at", now)
        .put("consumption_period_start", now)
        .put("consumption_period_end", now)
        .put("owner_id", "owner")
        .put("active_time_seconds", 0)
        .put("compute_time_seconds", 0)
        .put("cpu_used_sec", 0)
        .put("written_data_bytes", 0)
        .put("data_transfer_bytes", 0)
        .put("data_storage_bytes_hour", 0);
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

  private MockResponse said(String method, String path, int status, JsonNode body) {
    String text = body.toString();
    description.ifPresent(
        is ->
            is.problemsOfAnswer(method, path, status, text)
                .forEach(
                    problem ->
                        problems.add(status + " to " + method + " " + path + " " + problem)));
    return new MockResponse.Builder()
        .code(status)
        .addHeader("Content-Type", "application/json")
        .body(text)
        .build();
  }

  private MockResponse error(String method, String path, int status, String code, String message) {
    return said(
        method,
        path,
        status,
        object().put("request_id", "r-1").put("code", code).put("message", message));
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
