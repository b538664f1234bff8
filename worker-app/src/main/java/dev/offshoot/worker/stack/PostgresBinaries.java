package dev.offshoot.worker.stack;

import static java.util.Objects.requireNonNull;

import com.sun.security.auth.module.UnixSystem;
import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The Postgres programs from zonky's archive on the class path, unpacked once per user and version.
 * Zonky's own unpacking is not used: it goes to a folder in the temporary folder that everybody may
 * write, so another user of the machine could put programs of theirs in it.
 */
final class PostgresBinaries {

  private final Path folder;
  private final List<String> prefix;

  private PostgresBinaries(Path folder, List<String> prefix) {
    this.folder = folder;
    this.prefix = prefix;
  }

  /**
   * The programs, unpacked now if this is the first time. Safe to call from several processes at
   * once.
   *
   * @throws StackException when there are none for this machine, or they cannot be unpacked or used
   *     by this user
   */
  static PostgresBinaries unpacked() {
    return unpackedIn(cacheFolder(System.getenv(), Path.of(System.getProperty("user.home", ""))));
  }

  static PostgresBinaries unpackedIn(Path cache) {
    try {
      byte[] archive = archive();
      Path folder = cache.resolve("postgres-" + digest(archive));
      if (!Files.isDirectory(folder)) {
        unpack(archive, cache, folder);
      }
      return new PostgresBinaries(folder, prefixForThisUser());
    } catch (IOException | UncheckedIOException e) {
      throw new StackException(
          "The Postgres programs could not be unpacked in "
              + cache
              + ": make it writable, or point XDG_CACHE_HOME to another folder.",
          e);
    }
  }

  static Path cacheFolder(Map<String, String> environment, Path home) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    // The XDG specification says that relative paths are invalid and to be ignored.
    Path root = cache.startsWith("/") ? Path.of(cache) : home.resolve(".cache");
    return root.resolve("offshoot");
  }

  private static byte[] archive() throws IOException {
    String system =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("mac")
            ? "Darwin"
            : "Linux";
    String machine = System.getProperty("os.arch", "");
    try (InputStream archive =
        DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(
            system, machine.equals("amd64") ? "x86_64" : machine)) {
      return archive.readAllBytes();
    } catch (IllegalStateException e) {
      throw new StackException(
          "There is no embedded Postgres for "
              + system
              + " on "
              + machine
              + ": configure the address of a Postgres server instead.",
          e);
    }
  }

  private static String digest(byte[] archive) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(archive);
      return HexFormat.of().formatHex(digest).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private static void unpack(byte[] archive, Path cache, Path folder) throws IOException {
    Files.createDirectories(cache);
    // Unpacked beside and renamed, so that the folder is either whole or absent, whoever is killed
    // or comes second.
    Path beside =
        Files.createTempDirectory(
            cache,
            "unpacking-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    try {
      extract(archive, beside);
      Files.move(beside, folder);
    } catch (IOException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } finally {
      deleteTree(beside);
    }
  }

  private static void extract(byte[] archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZInputStream(new ByteArrayInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("The archive leaves its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Path parent = requireNonNull(file.getParent());
        Files.createDirectories(parent);
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.copy(tar, file);
          if (parent.endsWith("bin")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
          }
        }
      }
    }
  }

  /** Deletes the folder and what is in it, if it is there. */
  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static List<String> prefixForThisUser() {
    if (new UnixSystem().getUid() != 0) {
      return List.of();
    }
    // Postgres refuses to run as root. In a user namespace without a mapping our files still belong
    // to it, but it is "nobody" there and root's capabilities are gone.
    if (LinuxUtils.isUnshareAvailable()) {
      return List.of("unshare", "-U");
    }
    throw new StackException(
        "Postgres refuses to run as root, and this machine does not allow user namespaces (unshare -U): run as another"
            + " user, or configure the address of a Postgres server instead.");
  }

  /** The command line that runs one of the programs as this user. */
  List<String> command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(folder.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    return command;
  }
}
