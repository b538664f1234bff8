package dev.offshoot.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** An authority and certificates that it has signed, made by the JDK's keytool, as PEM files. */
final class Certificates {
  private static final String STORE_PASSWORD = "keystores-secret-5e17";
  private static final String AUTHORITY = "authority";

  private final Path folder;

  Certificates(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    keytool(
        AUTHORITY,
        List.of("-genkeypair", "-dname", "CN=authority", "-keyalg", "EC", "-ext", "bc=ca:true"));
    keytool(AUTHORITY, List.of("-exportcert", "-rfc", "-file", pem(AUTHORITY).toString()));
  }

  /** A certificate of this authority, for a server of this machine or for a client. */
  Certificates issue(String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path request = folder.resolve(name + ".csr");
    keytool(name, List.of("-genkeypair", "-dname", "CN=" + name, "-keyalg", "EC"));
    keytool(name, List.of("-certreq", "-file", request.toString()));
    keytool(
        AUTHORITY,
        List.of(
            "-gencert",
            "-rfc",
            "-ext",
            "san=dns:localhost,ip:127.0.0.1",
            "-infile",
            request.toString(),
            "-outfile",
            pem(name).toString()));
    Files.writeString(
        key(name),
        "-----BEGIN PRIVATE KEY-----%n%s%n-----END PRIVATE KEY-----%n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(
                        store(name).getKey(name, STORE_PASSWORD.toCharArray()).getEncoded())));
    return this;
  }

  Path authority() {
    return pem(AUTHORITY);
  }

  Path pem(String name) {
    return folder.resolve(name + ".pem");
  }

  /** PKCS 8, without a password. */
  Path key(String name) {
    return folder.resolve(name + ".key");
  }

  /** For a server of that name, whose clients need a certificate of this authority. */
  SSLContext server(String name) throws IOException, GeneralSecurityException {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    own.setKeyEntry(
        name,
        store(name).getKey(name, STORE_PASSWORD.toCharArray()),
        STORE_PASSWORD.toCharArray(),
        new Certificate[] {certificate(name), certificate(AUTHORITY)});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(own, STORE_PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(AUTHORITY, certificate(AUTHORITY));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private Certificate certificate(String name) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(pem(name))) {
      return CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private KeyStore store(String name) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".p12"))) {
      store.load(in, STORE_PASSWORD.toCharArray());
    }
    return store;
  }

  private void keytool(String alias, List<String> what) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(what);
    command.addAll(
        List.of(
            "-alias",
            alias,
            "-keystore",
            folder.resolve(alias + ".p12").toString(),
            "-storepass",
            STORE_PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(said);
    }
  }
}
