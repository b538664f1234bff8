/**
 * The servers behind {@code up} and {@code demo}: a Temporal server, a Postgres server and a parent
 * database with data in it, started by the worker itself so that nothing has to be installed first.
 * Everything listens on 127.0.0.1 only. No class here knows Spring.
 */
@NullMarked
package dev.offshoot.worker.stack;

import org.jspecify.annotations.NullMarked;
