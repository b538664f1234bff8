/**
 * The address at which the Temporal UI and the {@code temporal} program have payloads decrypted.
 */
@NullMarked
package dev.offshoot.worker.codec;

import org.jspecify.annotations.NullMarked;
