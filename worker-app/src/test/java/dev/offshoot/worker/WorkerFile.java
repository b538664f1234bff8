package dev.offshoot.worker;

import dev.offshoot.branch.ParentConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.postgresql.ds.PGSimpleDataSource;

/** The configuration file of a worker in its production form, with one parent called shop. */
final class WorkerFile {
  private WorkerFile() {}

  static Path write(Path folder, String temporal, PGSimpleDataSource ledger, ParentConfig parent)
      throws IOException {
    return Files.writeString(
        folder.resolve("offshoot.yml"),
        """
        offshoot:
          temporal:
            address: %s
          ledger:
            url: %s
            username: %s
            password: %s
          parents:
            shop:
              url: %s
              username: %s
              password: %s
        server:
          port: 0
        """
            .formatted(
                temporal,
                ledger.getUrl(),
                ledger.getUser(),
                ledger.getPassword(),
                parent.url(),
                parent.username(),
                parent.password()));
  }
}
