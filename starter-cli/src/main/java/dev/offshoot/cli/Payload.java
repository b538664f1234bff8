package dev.offshoot.cli;

import io.temporal.api.common.v1.Payloads;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DataConverterException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a history event carries; a payload of a foreign form is no reason to fail, one whose
 * key is missing is.
 *
 * @param converter of the connection that the event came from
 */
record Payload(DataConverter converter) {

  /** The first value, or nothing if there is none or it does not read as {@code type}. */
  <T> @Nullable T first(Payloads payloads, Class<T> type) {
    if (payloads.getPayloadsCount() == 0) {
      return null;
    }
    try {
      return converter.fromPayloads(0, Optional.of(payloads), type, type);
    } catch (DataConverterException e) {
      return null;
    }
  }
}
