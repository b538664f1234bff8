package dev.offshoot.cli.mcp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/** The secret that clients over HTTP send, in a file that only its owner can read. */
final class TokenFile {
  private static final int BYTES = 32;
  private static final int LEAST_CHARACTERS = 20;
  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private TokenFile() {}

  /**
   * The token in the file, which is made with a new one if it is not there.
   *
   * @throws Refusal if it cannot be used; the message never holds the token
   */
  static String read(Path file) {
    try {
      create(file);
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER.containsAll(permissions)) {
        throw new Refusal(
            "TOKEN_FILE",
            "others may read "
                + file
                + " or run it (%s)".formatted(PosixFilePermissions.toString(permissions)),
            "chmod 600 " + file);
      }
      String token = Files.readString(file, StandardCharsets.UTF_8).strip();
      if (!token.matches("[\\x21-\\x7e]{%d,}".formatted(LEAST_CHARACTERS))) {
        throw new Refusal(
            "TOKEN_FILE",
            "%s holds no token: one line of at least %d visible ASCII characters"
                .formatted(file, LEAST_CHARACTERS),
            "delete it, and a new one is made");
      }
      return token;
    } catch (IOException e) {
      throw new Refusal(
          "TOKEN_FILE",
          "%s cannot be used: %s".formatted(file, e.getClass().getSimpleName()),
          "name a file in a folder that is there and yours");
    }
  }

  private static void create(Path file) throws IOException {
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random) + "\n";
    try {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER));
    } catch (FileAlreadyExistsException e) {
      return;
    }
    Files.writeString(file, token, StandardOpenOption.WRITE);
  }
}
