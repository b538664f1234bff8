package dev.offshoot.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OffshootJsonTest {
  private static final ObjectMapper JSON = OffshootJson.mapper();

  static Stream<Object> records() {
    return SampleRecords.all();
  }

  @ParameterizedTest
  @MethodSource("records")
  void everyRecord_isReadBackAsItWas(Object sample) throws JsonProcessingException {
    String json = JSON.writeValueAsString(sample);

    assertThat(JSON.readValue(json, sample.getClass())).as(json).isEqualTo(sample);
  }

  @ParameterizedTest
  @MethodSource("records")
  void json_hasTheRecordsComponentsAndNothingElse(Object sample) {
    JsonNode json = JSON.valueToTree(sample);
    if (!json.isObject()) {
      assertThat(sample).isInstanceOf(ExperimentId.class);
      return;
    }
    List<String> fields = new ArrayList<>();
    json.fieldNames().forEachRemaining(fields::add);

    assertThat(fields)
        .isSubsetOf(
            Arrays.stream(sample.getClass().getRecordComponents())
                .map(RecordComponent::getName)
                .toList());
  }

  @Test
  void everyRecordOfTheDomain_hasASample() throws Exception {
    assertThat(SampleRecords.all().map(Object::getClass).toList())
        .containsAll(SampleRecords.recordsOfTheDomain());
  }

  @Test
  void smallestSpecification_getsTheDefaults() throws JsonProcessingException {
    ExperimentSpec spec =
        JSON.readValue(
            """
            {"goal": "look", "parent": "shop", "requestedBy": "me", "statements": ["SELECT 1"],
             "script": null, "ttl": null, "autoMerge": null}""",
            ExperimentSpec.class);

    assertThat(spec)
        .isEqualTo(
            ExperimentSpec.builder()
                .goal("look")
                .parent("shop")
                .requestedBy("me")
                .statement("SELECT 1")
                .build());
    assertThat(spec.ttl()).isEqualTo(Duration.ofHours(1));
    assertThat(spec.limits().maxChangedRows()).isEqualTo(100_000);
    assertThat(spec.strictness()).isEqualTo(Strictness.ROW);
    assertThat(spec.autoMerge()).isFalse();
  }

  @Test
  void unknownField_ofASpecification_isRefusedByName() throws JsonProcessingException {
    ExperimentSpec spec =
        JSON.readValue(
            """
            {"goal": "look", "parent": "shop", "requestedBy": "me", "statements": ["SELECT 1"],
             "autoMerg": true, "limits": {}}""",
            ExperimentSpec.class);

    assertThat(SpecValidation.problems(spec))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.field()).isEqualTo("autoMerg");
              assertThat(problem.message()).startsWith("there is no such field; known are goal");
            });
  }

  @Test
  void nullStatement_reachesTheValidation() throws JsonProcessingException {
    ExperimentSpec spec =
        JSON.readValue("{\"statements\": [\"SELECT 1\", null]}", ExperimentSpec.class);

    assertThat(SpecValidation.problems(spec))
        .extracting(SpecProblem::field)
        .contains("statements[1]");
  }

  @Test
  void unknownField_ofADecision_isIgnored_andOneHazardMayStandAlone()
      throws JsonProcessingException {
    DecisionRequest request =
        JSON.readValue(
            "{\"by\": \"ann\", \"colour\": 1, \"acceptHazards\": \"DROPS_TABLE\"}",
            DecisionRequest.class);

    assertThat(request).isEqualTo(new DecisionRequest("ann", null, null, List.of("DROPS_TABLE")));
  }

  @Test
  void changeSummary_thatKnewNoObservations_isReadWithNone() throws JsonProcessingException {
    ChangeSummary summary =
        JSON.readValue(
            """
            {"digest": "abc", "schemaChanges": [], "schemaChangeCount": 0, "schemaScript": [],
             "tables": [{"table": {"schema": "public", "name": "t"}, "columns": [],
               "keyColumns": [], "inserted": 1, "updated": 0, "deleted": 0, "rowsInBase": 2,
               "sample": []}],
             "rewrittenTables": [], "sequences": [], "millis": 1}""",
            ChangeSummary.class);

    assertThat(summary.observed()).isEqualTo(Observations.NONE);
    assertThat(summary.tables().get(0).updatesByColumn()).isEmpty();
    assertThat(JSON.readValue("{}", Observations.class)).isEqualTo(Observations.NONE);
  }

  @Test
  void experimentId_isAPlainString() throws JsonProcessingException {
    ExperimentId id = new ExperimentId("tidy-7");

    assertThat(JSON.writeValueAsString(id)).isEqualTo("\"tidy-7\"");
    assertThat(JSON.readValue("\"tidy-7\"", ExperimentId.class)).isEqualTo(id);
    assertThatThrownBy(() -> JSON.readValue("\"No Good\"", ExperimentId.class))
        .hasMessageContaining("is not an experiment id");
  }

  @Test
  void nullCells_areKept() throws JsonProcessingException {
    RowChange row = RowChange.insert(Arrays.asList("a", null, ""));

    String json = JSON.writeValueAsString(row);

    assertThat(json).contains("[\"a\",null,\"\"]").doesNotContain("before");
    assertThat(JSON.readValue(json, RowChange.class)).isEqualTo(row);
  }

  @Test
  void durations_areReadInHumanForm_andWrittenAsIso() throws JsonProcessingException {
    ExtendTtlRequest request =
        JSON.readValue("{\"by\": \"ann\", \"ttl\": \"1h30m\"}", ExtendTtlRequest.class);

    assertThat(request.ttl()).isEqualTo(Duration.ofMinutes(90));
    assertThat(JSON.writeValueAsString(request)).contains("\"PT1H30M\"");
    assertThatThrownBy(() -> JSON.readValue("{\"ttl\": \"soon\"}", ExtendTtlRequest.class))
        .hasMessageContaining("write it like 90s");
    assertThatThrownBy(() -> JSON.readValue("{\"ttl\": 90}", ExtendTtlRequest.class))
        .hasMessageContaining("a duration is a string");
  }
}
