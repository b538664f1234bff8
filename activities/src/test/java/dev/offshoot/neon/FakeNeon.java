package dev.offshoot.neon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
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
    /** It has happened, and the answer takes its time. */
    SLOW_ANSWER,
    /** It has happened, and the answer is JSON of another kind. */
    OTHER_ANSWER,
    /** The plan has no room. */
    NO_ROOM,
    /** Payment is due. */
    UNPAID
  }

  private final @Nullable NeonServers servers;
  private final FakeProject project;
  private final MockWebServer server = new MockWebServer();
  private final Optional<PublishedDescription> description = PublishedDescription.find();
  private final Deque<Fault> faults = new ArrayDeque<>();
  private final List<String> problems = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();

  private FakeNeon(@Nullable NeonServers servers) throws IOException {
    this.servers = servers;
    this.project = new FakeProject(servers);
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
    return new NeonProject("p", URI.create(server.url("/api/v2").toString()), PROJECT, KEY, 1_000);
  }

  /** The next requests that change something meet these, one each. */
  public synchronized void next(Fault... next) {
    faults.addAll(List.of(next));
  }

  /** How often somebody must look before an operation is done. */
  public synchronized void operationsTake(int looks) {
    project.operationsTake(looks);
  }

  /** How often somebody must ask before a new branch has an address. */
  public synchronized void addressesTake(int looks) {
    project.addressesTake(looks);
  }

  /** What a comparison of schemas says from now on; else it compares what is there. */
  public synchronized void schemasDiffer(@Nullable String diff) {
    project.schemasDiffer(diff);
  }

  /** Time passes for the ends of branches. */
  public synchronized void expire(Instant now) {
    project.expire(now);
  }

  /** Somebody else makes a branch. */
  public synchronized String branchOfSomebody(String name) {
    return project.branchOfSomebody(name);
  }

  /** How often somebody asked for an address of the pool. */
  public synchronized int pooled() {
    return project.pooled();
  }

  /** Names of the branches that stand, without the root. */
  public synchronized List<String> standing() {
    return project.standing();
  }

  /** The id of the branch of that name. */
  public synchronized Optional<String> idOf(String name) {
    return project.idOf(name);
  }

  /** When the branch of that name is to go by itself. */
  public synchronized String endOf(String name) {
    return project.endOf(name);
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
    if (changes && project.isWorking()) {
      return error(method, path, 423, "", "project already has running conflicting operations");
    }
    MockResponse answer = said(method, path, project.act(method, path, query, body));
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
      case ERROR_AFTER, LOST_ANSWER, CUT_ANSWER, SLOW_ANSWER, OTHER_ANSWER -> Optional.empty();
    };
  }

  private MockResponse spoilt(Fault fault, MockResponse answer, String method, String path) {
    return switch (fault) {
      case ERROR_AFTER -> error(method, path, 500, "", "internal error");
      case LOST_ANSWER ->
          new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
      case CUT_ANSWER -> answer.newBuilder().onResponseBody(new SocketEffect.CloseSocket()).build();
      case SLOW_ANSWER -> answer.newBuilder().throttleBody(64, 50, TimeUnit.MILLISECONDS).build();
      case OTHER_ANSWER -> new MockResponse.Builder().body("{\"hello\":true}").build();
      default -> answer;
    };
  }

  private MockResponse error(String method, String path, int status, String code, String message) {
    return said(method, path, FakeProject.Said.error(status, code, message));
  }

  private MockResponse said(String method, String path, FakeProject.Said said) {
    MockResponse.Builder response = new MockResponse.Builder().code(said.status());
    if (said.body() == null) {
      return response.build();
    }
    String text = said.body().toString();
    description.ifPresent(
        is ->
            is.problemsOfAnswer(method, path, said.status(), text)
                .forEach(
                    problem ->
                        problems.add(
                            said.status() + " to " + method + " " + path + " " + problem)));
    return response.addHeader("Content-Type", "application/json").body(text).build();
  }
}
