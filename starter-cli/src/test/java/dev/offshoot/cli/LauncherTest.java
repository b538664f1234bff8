package dev.offshoot.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./offshoot} in a folder of its own, with a Java and a Maven that only pretend. */
final class LauncherTest {
  private static final String JAVA =
      """
      #!/bin/sh
      case "$*" in
        -version) echo 'openjdk version "%s" 2025-01-01' >&2 ;;
        *WarmUp*) ;;
        *) for a in "$@"; do echo "arg:$a"; done ;;
      esac
      """;

  private static final String MAVEN =
      """
      #!/bin/sh
      if [ "$1" = -v ]; then echo "Apache Maven %s"; exit; fi
      echo "build $*" >>builds
      sleep 1
      mkdir -p starter-cli/target worker-app/target
      touch starter-cli/target/offshoot-starter-cli-0.1.0-SNAPSHOT.jar
      touch worker-app/target/offshoot-worker-app-0.1.0-SNAPSHOT-app.jar
      """;

  private Path root;
  private Path bin;

  @BeforeEach
  void layOut(@TempDir Path folder) throws IOException {
    root = Files.createDirectories(folder.resolve("a folder with spaces"));
    bin = Files.createDirectories(folder.resolve("bin"));
    Path launcher = Path.of("..", "offshoot").toAbsolutePath().normalize();
    assumeThat(launcher).isRegularFile();
    Files.copy(launcher, root.resolve("offshoot"));
    executable(root.resolve("offshoot"), null);
    for (String module : List.of("workflows", "activities", "worker-app", "starter-cli")) {
      Path sources = Files.createDirectories(root.resolve(module).resolve("src/main"));
      Files.writeString(sources.resolve("A.java"), "class A {}");
      Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
    }
    Files.writeString(root.resolve("pom.xml"), "<project/>");
    executable(bin.resolve("java"), JAVA.formatted("17.0.9"));
    executable(bin.resolve("javac"), "#!/bin/sh\n");
    executable(bin.resolve("mvn"), MAVEN.formatted("3.8.7"));
  }

  private static void executable(Path file, String content) throws IOException {
    if (content != null) {
      Files.writeString(file, content);
    }
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private Process started(String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = root.resolve("offshoot").toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    ProcessBuilder builder = new ProcessBuilder(command).directory(bin.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", bin + ":/usr/bin:/bin");
    builder.environment().put("OFFSHOOT_JAVA_OPTS", "-Da=1 -Db=2");
    return builder.start();
  }

  private record Ended(int code, String out, String err) {}

  private static Ended ended(Process process) throws IOException, InterruptedException {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out, err);
  }

  private List<String> builds() throws IOException {
    Path builds = root.resolve("builds");
    return Files.exists(builds) ? Files.readAllLines(builds) : List.of();
  }

  @Test
  void firstStart_buildsOnceSaysWhyAndPassesArgumentsUnchanged() throws Exception {
    Ended first = ended(started("experiment", "list", "--parent", "two words", ""));
    Ended second = ended(started("--version"));

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.err()).contains("building for the first time");
    assertThat(first.out())
        .contains("arg:-Da=1\narg:-Db=2\n")
        .contains("arg:-Doffshoot.worker.jar=" + root.toRealPath().resolve("worker-app/target"))
        .endsWith("arg:experiment\narg:list\narg:--parent\narg:two words\narg:\n");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).containsExactly("build -q -B -Dstyle.color=never -Dquick package");
  }

  @Test
  void changedSource_buildsAgain() throws Exception {
    ended(started());
    Path source = root.resolve("workflows/src/main/A.java");
    Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));

    Ended again = ended(started());

    assertThat(again.err()).contains("sources are newer");
    assertThat(builds()).hasSize(2);
  }

  @Test
  void buildByOtherMeans_getsItsArchiveOnce() throws Exception {
    ended(started());
    Path jar = root.resolve("starter-cli/target/offshoot-starter-cli-0.1.0-SNAPSHOT.jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.now().plusSeconds(1)));
    Thread.sleep(1_100);

    Ended first = ended(started());
    Ended second = ended(started());

    assertThat(first.err()).contains("preparing a faster start");
    assertThat(second.err()).isEmpty();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void twoAtOnce_buildOnce() throws Exception {
    Process one = started();
    Process other = started();

    assertThat(ended(one).code()).isZero();
    assertThat(ended(other).code()).isZero();
    assertThat(builds()).hasSize(1);
    assertThat(root.resolve(".offshoot/build.lock")).doesNotExist();
  }

  @Test
  void lockOfADeadBuild_isTakenOver() throws Exception {
    Path lock = Files.createDirectories(root.resolve(".offshoot/build.lock"));
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(lock.resolve("pid"), String.valueOf(dead.pid()));

    assertThat(ended(started()).code()).isZero();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void failedBuild_leavesNoLockAndSaysHowToRepeatIt() throws Exception {
    executable(
        bin.resolve("mvn"), "#!/bin/sh\n[ \"$1\" = -v ] && echo 'Apache Maven 3.9.1' || exit 1\n");

    Ended result = ended(started());

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("the build failed").contains("mvn -B -Dquick package");
    assertThat(root.resolve(".offshoot/build.lock")).doesNotExist();
  }

  @Test
  void oldJavaOrMaven_sayHowToGetNewerOnes() throws Exception {
    executable(bin.resolve("java"), JAVA.formatted("11.0.2"));
    Ended java = ended(started());
    executable(bin.resolve("java"), JAVA.formatted("21"));
    executable(bin.resolve("mvn"), MAVEN.formatted("3.6.3"));
    Ended maven = ended(started());

    assertThat(java.err())
        .contains("is Java 11")
        .contains("apt-get install openjdk-17-jdk-headless")
        .contains("brew install openjdk@17");
    assertThat(maven.err()).contains("mvn is 3.6").contains("apt-get install maven");
    assertThat(builds()).isEmpty();
  }

  @Test
  void link_findsItsWayHome() throws Exception {
    ended(started());
    Path link = Files.createSymbolicLink(bin.resolve("offshoot"), root.resolve("offshoot"));
    ProcessBuilder builder = new ProcessBuilder(link.toString(), "hello").directory(root.toFile());
    builder.environment().put("PATH", bin + ":/usr/bin:/bin");
    builder.environment().remove("JAVA_HOME");

    Ended result = ended(builder.start());

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).endsWith("arg:hello\n");
  }
}
