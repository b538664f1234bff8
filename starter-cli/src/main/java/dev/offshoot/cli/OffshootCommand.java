package dev.offshoot.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What every command starts from: the root's options and an exit code at the end. */
abstract class OffshootCommand implements Callable<Integer> {
  @Spec @Nullable CommandSpec commandSpec;

  @Override
  public final Integer call() throws InterruptedException {
    return run(root()).code();
  }

  abstract ExitCode run(Offshoot offshoot) throws InterruptedException;

  private Offshoot root() {
    return (Offshoot) Objects.requireNonNull(commandSpec, "set by picocli").root().userObject();
  }
}
