package dev.offshoot.cli;

import dev.offshoot.domain.AuditLine;
import dev.offshoot.domain.AuditSeal;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code audit verify}. */
@Command(
    name = "verify",
    sortOptions = false,
    description = {
      "Check that no audit record was changed, taken out or put in.",
      "Note the last line: with --expect it shows later that nothing was cut off the new end."
    })
final class AuditVerifyCommand extends OffshootCommand {
  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "check this export instead of the ledger; needs no server")
  @Nullable Path file;

  @Option(
      names = "--expect",
      paramLabel = "NUMBER:HASH",
      description = "a record that must be there with this hash, as noted before")
  @Nullable String expect;

  @Override
  ExitCode run(Offshoot offshoot) {
    Output output = offshoot.output();
    AuditChain chain = new AuditChain(expected());
    if (file != null) {
      verify(file, chain);
    } else {
      try (Connection connection = offshoot.connect()) {
        new ReadQuestions(connection)
            .audit(
                null,
                page -> {
                  chain.startsAfter(page.cut());
                  page.lines().forEach(chain::add);
                });
      }
    }
    return tell(output, chain.end());
  }

  private static ExitCode tell(Output output, AuditChain.Verdict verdict) {
    @Nullable AuditSeal last = verdict.last();
    if (!output.forPeople()) {
      output.document(verdict);
    } else if (verdict.problem() == null) {
      output.line(
          last == null
              ? "no records"
              : "%s, whole; the last is %d:%s"
                  .formatted(Numbers.of(verdict.records(), "record"), last.number(), last.hash()));
    }
    if (verdict.problem() != null) {
      throw new CliException(
          ExitCode.CONFLICT,
          verdict.problem(),
          "compare with an export from before, and find out who may write the ledger");
    }
    return ExitCode.DONE;
  }

  private static void verify(Path file, AuditChain chain) {
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      int number = 0;
      for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        AuditLine link = AuditFile.read(line, "line %d of %s".formatted(number, file));
        if (number == 1) {
          chain.startsAfter(new AuditSeal(link.number() - 1, link.previous()));
        }
        chain.add(link);
      }
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "%s cannot be read".formatted(file), "give an export that is there", e);
    }
  }

  private @Nullable AuditSeal expected() {
    if (expect == null) {
      return null;
    }
    if (!expect.matches("[1-9]\\d{0,17}:[0-9a-f]{64}")) {
      throw new CliException(
          ExitCode.USAGE,
          "--expect is not NUMBER:HASH",
          "give it as audit verify printed it, like 17:3fa8…");
    }
    int colon = expect.indexOf(':');
    return new AuditSeal(Long.parseLong(expect.substring(0, colon)), expect.substring(colon + 1));
  }
}
