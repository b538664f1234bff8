package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** {@code audit} and {@code branches}, as they are typed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AuditCommandsTest {
  private CliWorld world;
  private @TempDir Path folder;

  @BeforeAll
  void openWorld() throws IOException {
    world = CliWorld.inMemory();
    for (int i = 0; i < 4; i++) {
      String id = world.waiting("shop");
      assertThat(world.run("experiment", "reject", id, "-m", "reason " + i).code()).isZero();
    }
  }

  @AfterAll
  void closeWorld() {
    world.close();
  }

  @Test
  @Order(1)
  void export_printsEveryRecord_andVerifyFindsThemWhole() throws IOException {
    CliWorld.Result export = world.run("audit", "export");
    List<String> lines = export.out().lines().toList();
    assertThat(export.err()).contains("4 records");
    assertThat(lines).hasSize(4);
    assertThat(lines.get(2)).startsWith("{\"number\":3,").contains("reason 2");
    assertThat(world.run("audit", "export", "--from", "4").out().lines()).hasSize(1);

    CliWorld.Result verified = world.run("audit", "verify");
    assertThat(verified.code()).isZero();
    assertThat(verified.out()).startsWith("4 records, whole; the last is 4:");
    String head = verified.out().strip().replaceFirst(".*is ", "");
    assertThat(world.run("audit", "verify", "--expect", head).code()).isZero();
    assertThat(world.run("audit", "verify", "-o", "json").out()).contains("\"records\" : 4");

    Path file = Files.writeString(folder.resolve("audit.jsonl"), export.out());
    assertThat(world.run("audit", "verify", "--file", file.toString(), "--expect", head).code())
        .isZero();
    Path later = Files.write(folder.resolve("from-2.jsonl"), lines.subList(1, 4));
    assertThat(world.run("audit", "verify", "--file", later.toString()).code()).isZero();
  }

  @Test
  @Order(2)
  void fileThatWasChanged_cutOrMixed_isFoundOut() throws IOException {
    List<String> lines = world.run("audit", "export").out().lines().toList();

    assertThat(verify(lines.get(0).replace("reason 0", "reason 9"), lines.get(1)))
        .contains("record 1 was changed after it had been written");
    assertThat(verify(lines.get(0), lines.get(2))).contains("record 1 is followed by 3");
    assertThat(verify(lines.get(0), lines.get(3).replaceFirst("\"number\":4", "\"number\":2")))
        .contains("record 2 does not follow record 1");
    assertThat(verify("{\"number\":1}")).contains("line 1 of").contains("is no line");
    String head = world.run("audit", "verify").out().strip().replaceFirst(".*is ", "");
    Path shorter = Files.write(folder.resolve("shorter.jsonl"), lines.subList(0, 3));
    assertThat(world.run("audit", "verify", "--file", shorter.toString(), "--expect", head).err())
        .contains("record 4 is not there any more");
    assertThat(world.run("audit", "verify", "--expect", "seventeen").code()).isEqualTo(2);
  }

  private String verify(String... lines) throws IOException {
    Path file = Files.write(folder.resolve("changed.jsonl"), List.of(lines));
    CliWorld.Result result = world.run("audit", "verify", "--file", file.toString());
    assertThat(result.code()).isNotZero();
    return result.err();
  }

  @Test
  @Order(3)
  void ledgerThatWasChanged_isFoundOut_withTheExitCodeOfACollision() {
    world.audit.forge(1, "reason 1", "another");

    CliWorld.Result result = world.run("audit", "verify");

    assertThat(result.code()).isEqualTo(ExitCode.CONFLICT.code());
    assertThat(result.err()).contains("record 2 was changed after it had been written");
  }

  @Test
  @Order(4)
  void branches_showStateOwnerAndWhatTheJanitorDid() {
    CliWorld.Result table = world.run("branches");
    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.out())
        .contains("offshoot_standing", "STANDS", "RUNNING")
        .contains("SWEPT")
        .contains("its workflow has ended");
    assertThat(world.run("branches", "--parent", "crm", "-o", "jsonl").out().lines()).hasSize(1);
    assertThat(world.run("branches", "--parent", "none").err()).contains("no branch stands");
  }
}
