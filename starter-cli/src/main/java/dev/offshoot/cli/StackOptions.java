package dev.offshoot.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the child that is a stack is to be; travels as JSON in an environment variable, because it
 * may hold passwords.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record StackOptions(
    boolean enabled,
    @Nullable String temporal,
    @JsonProperty("temporal-port") int temporalPort,
    @JsonProperty("ui-port") int uiPort,
    @JsonProperty("data-folder") @Nullable String dataFolder,
    boolean ephemeral,
    @JsonProperty("demo-parent") boolean demoParent,
    Map<String, ParentAddress> parents) {

  private static final String URL_PREFIX = "jdbc:postgresql:";
  private static final String NAME_FORM = "[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?";

  /** Where a parent is and how to log in. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record ParentAddress(String url, @Nullable String username, @Nullable String password) {
    @Override
    public String toString() {
      return "ParentAddress[without its secrets]";
    }
  }

  /** For {@code SPRING_APPLICATION_JSON}. */
  String springJson() {
    return Output.json(Map.of("offshoot", Map.of("stack", this)), false);
  }

  /**
   * Reads {@code NAME=JDBC_URL} texts; user and password are taken out of the URL's query.
   *
   * @throws CliException if one is not of that form
   */
  static Map<String, ParentAddress> parents(List<String> texts, Terminal terminal) {
    Map<String, ParentAddress> parents = new LinkedHashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      String url = equals < 0 ? "" : text.substring(equals + 1);
      if (!name.matches(NAME_FORM)) {
        throw new CliException(
            ExitCode.USAGE,
            "--parent: the name before the '=' must be 1 to 40 lower-case letters, digits and hyphens",
            "write NAME=" + URL_PREFIX + "//HOST:PORT/DATABASE?user=USER");
      }
      if (!url.startsWith(URL_PREFIX)) {
        throw new CliException(
            ExitCode.USAGE,
            "--parent: %s has no address that begins with %s".formatted(name, URL_PREFIX),
            "write %s=%s//HOST:PORT/DATABASE?user=USER".formatted(name, URL_PREFIX));
      }
      if (parents.put(name, address(name, url, terminal)) != null) {
        throw new CliException(
            ExitCode.USAGE, "--parent: %s is given twice".formatted(name), "leave one out");
      }
    }
    return parents;
  }

  private static ParentAddress address(String name, String url, Terminal terminal) {
    int question = url.indexOf('?');
    String bare = question < 0 ? url : url.substring(0, question);
    String query = question < 0 ? "" : url.substring(question + 1);
    @Nullable String username = null;
    @Nullable String password = null;
    List<String> kept = new ArrayList<>();
    for (String parameter : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      if (parameter.startsWith("user=")) {
        username = decoded(parameter);
      } else if (parameter.startsWith("password=")) {
        password = decoded(parameter);
      } else {
        kept.add(parameter);
      }
    }
    if (password == null) {
      String fromEnvironment = terminal.variable(passwordVariable(name), "");
      password = fromEnvironment.isEmpty() ? null : fromEnvironment;
    }
    return new ParentAddress(
        kept.isEmpty() ? bare : bare + "?" + String.join("&", kept), username, password);
  }

  /** Where a password may be given so that no list of processes shows it. */
  static String passwordVariable(String parent) {
    return "OFFSHOOT_PARENT_%s_PASSWORD"
        .formatted(parent.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  private static String decoded(String parameter) {
    return URLDecoder.decode(
        parameter.substring(parameter.indexOf('=') + 1), StandardCharsets.UTF_8);
  }
}
