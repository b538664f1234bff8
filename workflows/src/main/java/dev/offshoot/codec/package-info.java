/**
 * Payloads that only those who hold a key can read: everything that Offshoot gives to Temporal is
 * encrypted before it leaves the process, and failures' messages and stack traces with it. {@link
 * dev.offshoot.codec.KeyFile} has the keys, {@link dev.offshoot.codec.EncryptionCodec} uses them.
 *
 * <p>Not for workflow code: it draws random numbers.
 */
@NullMarked
package dev.offshoot.codec;

import org.jspecify.annotations.NullMarked;
