/**
 * The worker as a Spring Boot application: how it is wired, started and ended. Start reading at
 * {@link dev.offshoot.worker.WorkerApplication}.
 */
@NullMarked
package dev.offshoot.worker;

import org.jspecify.annotations.NullMarked;
