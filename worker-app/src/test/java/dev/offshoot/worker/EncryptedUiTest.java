package dev.offshoot.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.client.OffshootClient;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.codec.EncryptionKey;
import dev.offshoot.domain.ExperimentId;
import dev.offshoot.worker.RunningWorker.FakeRooms;
import dev.offshoot.worker.stack.TemporalDevServer;
import dev.offshoot.worker.stack.TemporalProgram;
import dev.offshoot.worker.temporal.TemporalServer;
import dev.offshoot.worker.temporal.TemporalTarget;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Temporal UI in a real browser shows what is encrypted to whoever has signed in, only. */
@Timeout(180)
class EncryptedUiTest {
  private static final String TOKEN = "0123456789abcdef0123456789abcdef";

  @TempDir private Path folder;

  @Test
  void goal_isShownAfterSigningIn_andNotBefore() throws Exception {
    assumeTrue(
        TemporalProgram.find().isPresent(),
        "the program 'temporal' is neither on the PATH nor in Go's bin folder; .ci/run installs it");
    assumeTrue(TemporalPage.missing().isEmpty(), TemporalPage.missing().orElse(""));
    Path keys = KeyFiles.write(folder, EncryptionKey.random("k1"));
    EncryptionCodec codec = KeyFiles.codec(keys);
    try (TemporalDevServer dev =
            TemporalDevServer.start(
                new TemporalDevServer.Options(
                    TemporalProgram.find().orElseThrow(),
                    folder.resolve("temporal"),
                    0,
                    0,
                    TemporalServer.searchAttributes(),
                    Duration.ofSeconds(60)));
        RunningWorker worker =
            RunningWorker.start(
                    TemporalTarget.local(dev.address(), false),
                    new FakeRooms(),
                    "--offshoot.encryption.key-file=" + keys,
                    "--offshoot.codec-endpoint.enabled=true",
                    "--offshoot.codec-endpoint.token=" + TOKEN,
                    "--offshoot.codec-endpoint.origins=" + dev.uiAddress())
                .awaitPolling();
        OffshootClient client = OffshootClient.connect(dev.address(), "default", codec)) {
      var unused =
          client.start(
              new ExperimentId("seen"),
              Experiments.spec("shop", "SELECT 1").goal("zanzibar").build());
      try (TemporalPage page = TemporalPage.open(dev.uiAddress(), "experiment-seen")) {
        // As JSON of protobuf has the name of the encoding.
        assertThat(page.text("YmluYXJ5L2VuY3J5cHRlZA==")).doesNotContain("zanzibar");

        page.signIn(worker.uri("/codec"), TOKEN);

        assertThat(page.text("zanzibar")).contains("zanzibar");
      }
    }
  }
}
