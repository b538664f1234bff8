package dev.offshoot.domain;

import java.time.Instant;

/**
 * Where a session's branch takes connections; the password is the sender's own.
 *
 * @param host of the server, or of a pool before it
 * @param port of it
 * @param database the branch
 * @param user the role
 * @param sslMode as libpq calls it
 * @param until when the login ends
 * @param connections that it may have at once
 */
public record ConnectAnswer(
    String host,
    int port,
    String database,
    String user,
    String sslMode,
    Instant until,
    int connections) {}
