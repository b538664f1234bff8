/** What operators see: health, metrics, and the experiment's id on every log line. */
@NullMarked
package dev.offshoot.worker.observe;

import org.jspecify.annotations.NullMarked;
