package dev.offshoot.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.offshoot.domain.ErrorCode;
import dev.offshoot.domain.Hazard;
import dev.offshoot.domain.OffshootException;
import dev.offshoot.score.CaseLabel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of cases, and everything that can be wrong with one. */
class CaseFolderTest {
  @TempDir Path folder;

  @BeforeEach
  void setup() throws IOException {
    Files.writeString(folder.resolve("shop.sql"), "CREATE TABLE t (a int)");
    Files.writeString(folder.resolve("root.sql"), "CREATE ROLE x");
  }

  @Test
  void folder_isReadFileByFile() throws IOException {
    write(
        "b.yaml",
        """
        setup: shop.sql
        superuserSetup: root.sql
        sensitive: [public.t.a]
        masked: [public.t]
        largeTableBytes: 5
        cases:
          - name: one
            label: EFFECT
            hazards: [DROPS_TABLE]
            why: because
            goal: tidy up
            script: DROP TABLE t
            checks: ["SELECT true"]
            limits: {maxChangedRows: 7}
          - {name: two, label: SAFE, goal: look, script: SELECT 1}
        """);
    write(
        "a.yaml", "setup: shop.sql\ncases: [{name: x, label: CONTENT, goal: g, script: SELECT 2}]");

    List<CaseSet> sets = CaseFolder.read(folder);

    assertThat(sets).extracting(CaseSet::name).containsExactly("a", "b");
    CaseSet set = sets.get(1);
    assertThat(set.caseNames()).containsExactly("b/one", "b/two");
    assertThat(set.setup()).isEqualTo("CREATE TABLE t (a int)");
    assertThat(set.superuserSetup()).isEqualTo("CREATE ROLE x");
    assertThat(set.hazards().sensitive()).hasToString("[t.a]");
    assertThat(set.hazards().limits().largeTableBytes()).isEqualTo(5);
    assertThat(set.masked()).hasToString("[t]");
    EvaluationCase one = set.cases().get(0);
    assertThat(one.label()).isEqualTo(CaseLabel.EFFECT);
    assertThat(one.hazards()).containsExactly(Hazard.DROPS_TABLE);
    assertThat(one.spec().checks()).containsExactly("SELECT true");
    assertThat(one.spec().limits().maxChangedRows()).isEqualTo(7);
    assertThat(set.only("two").caseNames()).containsExactly("b/two");
  }

  @Test
  void everythingThatIsWrong_isToldAtOnce_withItsPlace() throws IOException {
    write(
        "a.yaml",
        """
        setup: shop.sql
        sensitive: [t]
        largeTableBytes: 0
        cases:
          - {name: One, label: SAFE, goal: g, script: SELECT 1}
          - {name: two, label: SAFE, hazards: [DROPS_TABLE], goal: g, script: SELECT 1}
          - {name: two, label: EFFECT, goal: g, script: SELECT 1}
          - {name: four, goal: g}
          -
        """);
    write("b.yaml", "setup: shop.sql");

    assertThatThrownBy(() -> CaseFolder.read(folder))
        .isInstanceOfSatisfying(
            OffshootException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BAD_SPEC))
        .hasMessageContaining("a.yaml: sensitive: 't' is neither schema.table")
        .hasMessageContaining("a.yaml: largeTableBytes: must be 1 or more")
        .hasMessageContaining("cases[0] (One): name must be lower-case")
        .hasMessageContaining("cases[1] (two): a SAFE case must raise nothing")
        .hasMessageContaining("cases[2] (two): there are two of this name")
        .hasMessageContaining("cases[2] (two): an EFFECT case must say which hazards")
        .hasMessageContaining("cases[3] (four): label is missing; use one of [SAFE, EFFECT")
        .hasMessageContaining("cases[3] (four): statements: is empty")
        .hasMessageContaining("cases[4]: is empty")
        .hasMessageContaining("b.yaml: cases: there are none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cases: []                            | setup is missing",
        "setup: none.sql                      | none.sql is not there",
        "setup: ../shop.sql                   | must be a file of the same folder",
        "setup: shop.sql, cases: []           | line 1: mapping values are not allowed here",
        "setups: shop.sql                     | there is no field 'setups'; known are",
        "''                                   | No content to map",
        "'{setup: shop.sql, cases: [{label: MILD}]}'          | line 1",
        "'{setup: shop.sql, cases: [{hazards: [DROPS_ALL]}]}' | DROPS_ALL",
        "'{setup: shop.sql, setup: shop.sql}' | Duplicate field"
      })
  void fileThatIsWrong_isToldWhere(String text, String problem) throws IOException {
    write("a.yaml", text);

    assertThatThrownBy(() -> CaseFolder.read(folder))
        .isInstanceOf(OffshootException.class)
        .hasMessageContaining("a.yaml: ")
        .hasMessageContaining(problem);
  }

  @Test
  void folderThatIsNotThere_orHasNoCases_isRefused() {
    assertThatThrownBy(() -> CaseFolder.read(folder.resolve("none")))
        .hasMessageContaining("there is no folder");
    assertThatThrownBy(() -> CaseFolder.read(folder)).hasMessageContaining("has no file *.yaml");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }
}
