package dev.offshoot.neon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.oas.OpenApi30;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Neon's API as its makers describe it (OpenAPI 3.0, in the npm package {@code
 * @neondatabase/api-client}), to hold requests and answers against. It is not ours and not
 * committed: {@code .ci/run} fetches it.
 */
final class PublishedDescription {
  private static final String RESOURCE = "neon:description";
  private static final ObjectMapper YAML = new YAMLMapper();

  private final JsonNode document;
  private final JsonSchemaFactory schemas;
  private final Map<Pattern, String> paths =
      new TreeMap<>((a, b) -> a.pattern().compareTo(b.pattern()));

  private PublishedDescription(String text) throws IOException {
    document = YAML.readTree(text);
    schemas =
        JsonSchemaFactory.getInstance(
            SpecVersion.VersionFlag.V7,
            builder ->
                builder
                    .metaSchema(
                        JsonMetaSchema.builder(OpenApi30.getInstance())
                            .unknownKeywordFactory(
                                (name, context) -> new NonValidationKeyword(name))
                            .build())
                    .defaultMetaSchemaIri(OpenApi30.getInstance().getIri())
                    .schemaLoaders(
                        loaders -> loaders.schemas(Map.of(RESOURCE, document.toString()))));
    document
        .path("paths")
        .fieldNames()
        .forEachRemaining(
            path -> paths.put(Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+")), path));
  }

  /** Read once, since it is long; thread-safe. */
  static Optional<PublishedDescription> find() {
    return Found.DESCRIPTION;
  }

  private static final class Found {
    static final Optional<PublishedDescription> DESCRIPTION = look();
  }

  private static Optional<PublishedDescription> look() {
    String tools =
        Optional.ofNullable(System.getenv("OFFSHOOT_CI_TOOLS"))
            .orElse(System.getProperty("user.home") + "/.cache/offshoot-ci");
    Path file =
        Path.of(
            tools, "node_modules", "@neondatabase", "api-client", "public-v2-for-users.gen.yaml");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(new PublishedDescription(Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with a request; nothing if all is well. */
  List<String> problemsOfRequest(
      String method, String path, Map<String, String> query, String body) {
    Optional<String> template = template(path);
    if (template.isEmpty() || operation(template.get(), method).isMissingNode()) {
      return List.of("%s %s is not described".formatted(method, path));
    }
    List<String> problems = new ArrayList<>();
    JsonNode operation = operation(template.get(), method);
    Map<String, String> parameters = parameters(template.get(), method);
    query.forEach(
        (name, value) -> {
          @Nullable String schema = parameters.get(name);
          if (schema == null) {
            problems.add("parameter %s is not described".formatted(name));
          } else {
            // In an address everything is text.
            boolean isText = document.at(schema).path("type").asText().equals("string");
            String json = isText ? TextNode.valueOf(value).toString() : value;
            problems.addAll(problems(schema, json, "parameter " + name));
          }
        });
    JsonNode described = operation.path("requestBody");
    if (described.isMissingNode() && !body.isEmpty()) {
      problems.add("a body where none is described");
    } else if (!body.isEmpty()) {
      problems.addAll(
          problems(
              "/paths/%s/%s/requestBody/content/application~1json/schema"
                  .formatted(pointer(template.get()), method.toLowerCase(Locale.ROOT)),
              body,
              "body"));
    } else if (described.path("required").asBoolean()) {
      problems.add("no body");
    }
    return problems;
  }

  /** What is wrong with an answer; nothing if all is well. */
  List<String> problemsOfAnswer(String method, String path, int status, String body) {
    String template = template(path).orElseThrow();
    JsonNode responses = operation(template, method).path("responses");
    String key = responses.has(Integer.toString(status)) ? Integer.toString(status) : "default";
    String place =
        "/paths/%s/%s/responses/%s"
            .formatted(pointer(template), method.toLowerCase(Locale.ROOT), key);
    JsonNode response = responses.path(key);
    if (response.has("$ref")) {
      place = response.path("$ref").asText().substring(1);
      response = document.at(place);
    }
    if (response.path("content").isMissingNode()) {
      return body.isEmpty() ? List.of() : List.of("a body where none is described");
    }
    return problems(place + "/content/application~1json/schema", body, "answer");
  }

  private Optional<String> template(String path) {
    return paths.entrySet().stream()
        .filter(each -> each.getKey().matcher(path).matches())
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private JsonNode operation(String template, String method) {
    return document.path("paths").path(template).path(method.toLowerCase(Locale.ROOT));
  }

  /** The schemas of what may stand behind the question mark, by name. */
  private Map<String, String> parameters(String template, String method) {
    Map<String, String> schemas = new TreeMap<>();
    List<String> places =
        List.of(
            "/paths/%s/parameters".formatted(pointer(template)),
            "/paths/%s/%s/parameters"
                .formatted(pointer(template), method.toLowerCase(Locale.ROOT)));
    for (String place : places) {
      JsonNode all = document.at(place);
      for (int i = 0; i < all.size(); i++) {
        String at = place + "/" + i;
        if (all.get(i).has("$ref")) {
          at = all.get(i).path("$ref").asText().substring(1);
        }
        if (document.at(at).path("in").asText().equals("query")) {
          schemas.put(document.at(at).path("name").asText(), at + "/schema");
        }
      }
    }
    return schemas;
  }

  private List<String> problems(String place, String json, String what) {
    JsonSchema schema =
        schemas.getSchema(
            SchemaLocation.of(RESOURCE + "#" + place),
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build());
    List<String> problems = new ArrayList<>();
    for (ValidationMessage message : schema.validate(json, InputFormat.JSON)) {
      problems.add(what + ": " + message.getMessage());
    }
    return problems;
  }

  private static String pointer(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }
}
