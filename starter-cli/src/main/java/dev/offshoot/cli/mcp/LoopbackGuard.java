package dev.offshoot.cli.mcp;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Lets in who knows the token and asks for this very address: a web page in the user's browser,
 * also one whose name was made to point here, is refused before anything is read.
 */
final class LoopbackGuard extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String SCHEME = "bearer ";

  private final transient Set<String> hosts;
  private final transient byte[] token;

  LoopbackGuard(int port, String token) {
    this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!headers(request, "Host").stream().allMatch(hosts::contains)
        || headers(request, "Host").size() != 1) {
      refuse(
          response, HttpServletResponse.SC_FORBIDDEN, "Host: must be the address that is served");
    } else if (!headers(request, "Origin").stream().allMatch(this::isOurs)) {
      refuse(
          response, HttpServletResponse.SC_FORBIDDEN, "Origin: pages of other origins are refused");
    } else if (!knowsToken(headers(request, "Authorization"))) {
      response.setHeader("WWW-Authenticate", "Bearer");
      refuse(
          response,
          HttpServletResponse.SC_UNAUTHORIZED,
          "Authorization: send 'Bearer TOKEN' with the token of the server's --token-file");
    } else {
      chain.doFilter(request, response);
    }
  }

  private static List<String> headers(HttpServletRequest request, String name) {
    return Collections.list(request.getHeaders(name));
  }

  private boolean isOurs(String origin) {
    return hosts.stream().anyMatch(host -> origin.equals("http://" + host));
  }

  private boolean knowsToken(List<String> sent) {
    if (sent.size() != 1) {
      return false;
    }
    String header = sent.get(0);
    return header.toLowerCase(Locale.ROOT).startsWith(SCHEME)
        && MessageDigest.isEqual(
            header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8), token);
  }

  private static void refuse(HttpServletResponse response, int status, String why)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain;charset=utf-8");
    response.getWriter().println(why);
  }
}
