package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.JsonFormat;
import dev.offshoot.client.OffshootClient;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.worker.RunningWorker.FakeRooms;
import dev.offshoot.worker.stack.EmbeddedTemporalServer;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What the Temporal UI and the temporal program ask of the codec endpoint, and what others try. */
@Timeout(180)
@ExtendWith(OutputCaptureExtension.class)
class CodecEndpointTest {
  private static final String UI = "http://127.0.0.1:8233";
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";
  private static final EncryptionKey KEY = EncryptionKey.random("k1");
  private static final Payload PLAIN =
      Payload.newBuilder()
          .putMetadata("encoding", ByteString.copyFromUtf8("json/plain"))
          .setData(ByteString.copyFromUtf8("\"zanzibar\""))
          .build();

  @TempDir private static Path folder;
  private static EmbeddedTemporalServer temporal;
  private static RunningWorker worker;
  private static EncryptionCodec codec;

  @BeforeAll
  static void startWorker() throws Exception {
    temporal = EmbeddedTemporalServer.start(0, TemporalServer.searchAttributes());
    codec = KeyFiles.codec(KeyFiles.write(folder, KEY));
    worker = start(TemporalTarget.local(temporal.address(), true));
  }

  private static RunningWorker start(TemporalTarget target) throws Exception {
    Path token = Files.writeString(folder.resolve("token"), TOKEN + "\n");
    return RunningWorker.start(
            target,
            new FakeRooms(),
            "--offshoot.encryption.key-file=" + KeyFiles.write(folder, KEY),
            "--offshoot.encryption.require-encrypted=true",
            "--offshoot.codec-endpoint.enabled=true",
            "--offshoot.codec-endpoint.token-file=" + token,
            "--offshoot.codec-endpoint.origins=" + UI + ",https://temporal.example.com")
        .awaitPolling();
  }

  @AfterAll
  static void stopWorker() {
    worker.close();
    temporal.close();
  }

  @Test
  void whatTheUiSends_isDecrypted_andPlainPayloadsBesideItStayAsTheyAre() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/codec/decode", json(encrypted(), PLAIN))
                .header("Origin", UI)
                .header("X-Namespace", "default")
                .header("Authorization", "Bearer " + TOKEN));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(payloads(answer)).containsExactly(PLAIN, PLAIN);
    assertThat(answer.headers().allValues("Access-Control-Allow-Origin")).containsExactly(UI);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials")).hasValue("true");
    assertThat(answer.headers().allValues("Vary")).contains("Origin");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
  }

  @Test
  void whatIsTypedInTheUi_isEncrypted() throws Exception {
    HttpResponse<String> answer =
        send(request("/codec/encode", json(PLAIN)).header("Authorization", "Bearer " + TOKEN));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).doesNotContain("zanzibar");
    assertThat(codec.requiringEncrypted().decode(payloads(answer))).containsExactly(PLAIN);
  }

  @Test
  void preflight_isAnsweredForTheConfiguredOriginsAlone_withoutCredentials() throws Exception {
    HttpResponse<String> ours = preflight(UI);
    assertThat(ours.statusCode()).isEqualTo(204);
    assertThat(ours.headers().firstValue("Access-Control-Allow-Origin")).hasValue(UI);
    assertThat(ours.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
    assertThat(ours.headers().firstValue("Access-Control-Allow-Headers").orElseThrow())
        .contains("Authorization", "Content-Type", "X-Namespace");

    for (String other :
        List.of(
            "http://127.0.0.1:8234",
            "https://127.0.0.1:8233",
            "http://localhost:8233",
            UI + ".evil.example",
            "https://evil.temporal.example.com",
            "HTTPS://temporal.example.com",
            "https://temporal.example.com/",
            "null",
            "*")) {
      HttpResponse<String> refused = preflight(other);
      assertThat(refused.statusCode()).as(other).isEqualTo(403);
      assertThat(refused.headers().map())
          .as(other)
          .doesNotContainKey("access-control-allow-origin");
      assertThat(refused.headers().allValues("Vary")).contains("Origin");
      assertThat(refused.body()).isEmpty();
    }
  }

  @Test
  void pageOfAnotherOrigin_getsNothing_evenWithTheToken() throws Exception {
    HttpResponse<String> answer =
        send(
            request("/codec/decode", json(encrypted()))
                .header("Origin", "https://evil.example")
                .header("Authorization", "Bearer " + TOKEN));

    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void missingOrWrongToken_isRefusedWithoutDetail() throws Exception {
    assertThat(send(request("/codec/decode", json(encrypted()))).statusCode()).isEqualTo(401);
    for (String wrong :
        List.of(
            "Bearer " + TOKEN + "0",
            "Bearer " + TOKEN.substring(1),
            "Bearer ",
            "Bearer",
            TOKEN,
            "Basic " + TOKEN,
            "Basic !",
            basic("user", "wrong"))) {
      HttpResponse<String> refused =
          send(
              request("/codec/decode", json(encrypted()))
                  .header("Origin", UI)
                  .header("Authorization", wrong));
      assertThat(refused.statusCode()).as(wrong).isEqualTo(401);
      assertThat(refused.body()).as(wrong).isEmpty();
      assertThat(refused.headers().firstValue("WWW-Authenticate")).isPresent();
    }
  }

  /** The UI sends no token of its own unless people sign in to it: their browser does. */
  @Test
  void browser_asksForTheToken_andSendsItAsAPassword() throws Exception {
    assertThat(worker.get("/codec").statusCode()).isEqualTo(401);
    HttpRequest.Builder signIn =
        HttpRequest.newBuilder(worker.uri("/codec")).header("Authorization", basic("ada", TOKEN));
    assertThat(send(signIn).statusCode()).isEqualTo(200);

    HttpResponse<String> answer =
        send(
            request("/codec/decode", json(encrypted()))
                .header("Origin", UI)
                .header("Authorization", basic("ada", TOKEN)));

    assertThat(payloads(answer)).containsExactly(PLAIN);
  }

  @Test
  void requestsThatCannotBeAnswered_areRefusedWithoutDetail_andNeverLogged(CapturedOutput output)
      throws Exception {
    Payload ofUnknownKey =
        encrypted().toBuilder()
            .putMetadata("encryption-key-id", ByteString.copyFromUtf8("gone"))
            .build();
    Payload cut = encrypted().toBuilder().setData(ByteString.EMPTY).build();
    for (String body :
        List.of(
            "", "zanzibar", "[]", "{\"payloads\": \"zanzibar\"}", json(ofUnknownKey), json(cut))) {
      HttpResponse<String> refused =
          send(request("/codec/decode", body).header("Authorization", "Bearer " + TOKEN));
      assertThat(refused.statusCode()).as(body).isEqualTo(400);
      assertThat(refused.body()).as(body).isEmpty();
    }
    HttpRequest.Builder form =
        HttpRequest.newBuilder(worker.uri("/codec/decode"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString(json(encrypted())));
    assertThat(send(form).statusCode()).isEqualTo(400);
    assertThat(output.getAll())
        .contains("codec endpoint: it is encrypted with key 'gone'")
        .doesNotContain("zanzibar", TOKEN);
  }

  @Test
  void hugeBody_isRefused_alsoWhereItsLengthIsNotSaid() throws Exception {
    byte[] huge = new byte[9 * 1024 * 1024];
    HttpRequest.Builder sized =
        request("/codec/decode", "x".repeat(huge.length))
            .header("Authorization", "Bearer " + TOKEN);
    HttpRequest.Builder chunked =
        HttpRequest.newBuilder(worker.uri("/codec/decode"))
            .header("Authorization", "Bearer " + TOKEN)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(huge)));

    assertThat(send(sized).statusCode()).isEqualTo(413);
    assertThat(send(chunked).statusCode()).isEqualTo(413);
  }

  @Test
  void otherMethodsAndPaths_areNotThere() throws Exception {
    assertThat(worker.get("/codec/decode").statusCode()).isEqualTo(405);
    assertThat(send(request("/codec", json(PLAIN))).statusCode()).isEqualTo(405);
    assertThat(worker.get("/codec/keys").statusCode()).isEqualTo(404);
  }

  @Test
  void endpoint_isNotThere_unlessItIsWanted() throws Exception {
    try (RunningWorker without =
        RunningWorker.start(
            TemporalTarget.local(temporal.address(), true),
            new FakeRooms(),
            "--offshoot.encryption.key-file=" + KeyFiles.write(folder, KEY))) {
      assertThat(without.get("/codec").statusCode()).isEqualTo(404);
      HttpRequest.Builder decode =
          HttpRequest.newBuilder(without.uri("/codec/decode"))
              .header("Authorization", "Bearer " + TOKEN)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(json(encrypted())));
      assertThat(send(decode).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void temporalProgram_showsAHistoryThroughIt_andOnlyWithTheToken() throws Exception {
    assumeThat(TemporalProgram.find())
        .as("the program 'temporal' is neither on the PATH nor in Go's bin folder")
        .isPresent();
    try (TemporalDevServer dev =
        TemporalDevServer.start(
            new TemporalDevServer.Options(
                TemporalProgram.find().orElseThrow(),
                folder.resolve("temporal"),
                0,
                0,
                TemporalServer.searchAttributes(),
                Duration.ofSeconds(60)))) {
      try (OffshootClient client = OffshootClient.connect(dev.address(), "default", codec)) {
        var unused =
            client.start(
                new ExperimentId("shown"),
                Experiments.spec("shop", "SELECT 'zanzibar'").goal("zanzibar").build());
      }

      String goal = base64("\"zanzibar\"");
      String encrypted = base64("binary/encrypted");
      String endpoint = worker.uri("/codec").toString();
      assertThat(history(dev)).contains(encrypted).doesNotContain(goal);
      assertThat(history(dev, "--codec-endpoint", endpoint, "--codec-auth", "Bearer " + TOKEN))
          .contains(goal)
          .doesNotContain(encrypted);
      assertThat(history(dev, "--codec-endpoint", endpoint)).doesNotContain(goal);
    }
  }

  private static String history(TemporalDevServer dev, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                TemporalProgram.find().orElseThrow().toString(),
                "workflow",
                "show",
                "--address",
                dev.address(),
                "--workflow-id",
                "experiment-shown",
                "--output",
                "json"));
    command.addAll(List.of(more));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static Payload encrypted() {
    return codec.encode(List.of(PLAIN)).get(0);
  }

  private static String json(Payload... payloads) throws Exception {
    return JsonFormat.printer()
        .print(Payloads.newBuilder().addAllPayloads(List.of(payloads)).build());
  }

  private static List<Payload> payloads(HttpResponse<String> answer) throws Exception {
    Payloads.Builder payloads = Payloads.newBuilder();
    JsonFormat.parser().merge(answer.body(), payloads);
    return payloads.getPayloadsList();
  }

  private static String basic(String user, String password) {
    return "Basic " + base64(user + ":" + password);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static HttpRequest.Builder request(String path, String body) {
    return HttpRequest.newBuilder(worker.uri(path))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> preflight(String origin) throws Exception {
    return send(
        HttpRequest.newBuilder(worker.uri("/codec/decode"))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,content-type,x-namespace"));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
