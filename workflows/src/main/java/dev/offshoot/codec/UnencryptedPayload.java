package dev.offshoot.codec;

import io.temporal.common.converter.DataConverterException;

/**
 * A payload that is not encrypted, where nothing else is accepted. As a {@code
 * DataConverterException} it is what an unreadable input is: a start fails, a signal does not
 * count.
 */
public final class UnencryptedPayload extends DataConverterException {
  private static final long serialVersionUID = 1L;

  UnencryptedPayload() {
    super(
        "it is not encrypted, and only encrypted payloads are accepted here; give the sender the key file, or set offshoot.encryption.require-encrypted to false");
  }
}
