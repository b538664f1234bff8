package dev.offshoot.worker.settings;

import static java.util.Objects.requireNonNullElse;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The address at which the Temporal UI has payloads decrypted.
 *
 * @param enabled whether there is one
 * @param origins where the UI comes from, as browsers name it: scheme, host, and port if it is not
 *     the scheme's own
 * @param token what callers must show
 * @param tokenFile file that holds the token
 */
public record CodecEndpointSettings(
    @DefaultValue("false") boolean enabled,
    @DefaultValue List<String> origins,
    @Nullable Secret token,
    @Nullable Path tokenFile) {

  /** Nobody guesses so much, however fast the endpoint answers. */
  private static final int LEAST_TOKEN = 32;

  private static final Set<String> SCHEMES = Set.of("http", "https");

  public CodecEndpointSettings {
    origins = List.copyOf(origins);
  }

  void check(String prefix, boolean encrypts, Problems problems) {
    if (!enabled) {
      return;
    }
    if (!encrypts) {
      problems.add(
          prefix + ".enabled",
          "nothing is encrypted, so there is nothing to decrypt",
          "Set %s.encryption.key-file, or this to false.".formatted(WorkerSettings.PREFIX));
    }
    PasswordSource.check(prefix, "token", token, tokenFile, true, problems);
    if (token != null && !token.isEmpty()) {
      checkLength(prefix + ".token", token.reveal(), problems);
    } else if (tokenFile != null && Files.isReadable(tokenFile)) {
      checkLength(prefix + ".token-file", revealToken().reveal(), problems);
    }
    for (int i = 0; i < origins.size(); i++) {
      if (!isOrigin(origins.get(i))) {
        problems.add(
            "%s.origins[%d]".formatted(prefix, i),
            "it is no origin",
            "Write it as browsers do, scheme, host and port without a slash at the end, like https://temporal.example.com or http://127.0.0.1:8233.");
      }
    }
  }

  private static void checkLength(String key, String token, Problems problems) {
    if (token.length() < LEAST_TOKEN) {
      problems.add(
          key,
          "it has less than %d characters".formatted(LEAST_TOKEN),
          "Make one with openssl rand -hex 32.");
    }
  }

  /** Browsers send it in exactly one form, and it is compared with what they send. */
  private static boolean isOrigin(String text) {
    try {
      URI uri = URI.create(text);
      return uri.getScheme() != null
          && SCHEMES.contains(uri.getScheme())
          && uri.getHost() != null
          && text.equals(text.toLowerCase(Locale.ROOT))
          && text.equals(
              "%s://%s%s"
                  .formatted(
                      uri.getScheme(),
                      uri.getHost(),
                      uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** What callers must show. */
  public Secret revealToken() {
    String key = WorkerSettings.PREFIX + ".codec-endpoint.token";
    return Secret.of(requireNonNullElse(PasswordSource.read(key, token, tokenFile), ""));
  }
}
