package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** On the in-memory server, which cannot list. */
final class LookingCommandsInMemoryTest extends LookingCommandsTest {
  @Override
  CliWorld server() throws IOException {
    return CliWorld.inMemory();
  }

  @Test
  void list_fallsBackToTheLedgerWhereTheServerCannotList() {
    CliWorld.Result table = world.run("experiment", "list");
    CliWorld.Result json =
        world.run("experiment", "list", "--stage", "AWAITING_DECISION", "-o", "json");

    assertThat(table.code()).as(table.err()).isZero();
    assertThat(table.err()).contains("asking the worker's ledger");
    assertThat(table.out()).contains("from-the-ledger").contains("fix\\u202ethings");
    assertThat(json(json.out()).get(0).path("id").asText()).isEqualTo("from-the-ledger");
    assertThat(json(world.run("experiment", "list", "--stage", "MERGING", "-o", "json").out()))
        .isEmpty();
    assertThat(world.run("experiment", "list", "--hazard", "DROPS_TABLE").code())
        .isEqualTo(ExitCode.USAGE.code());
    assertThat(world.run("experiment", "list", "--limit", "0").code()).isEqualTo(2);
  }
}
