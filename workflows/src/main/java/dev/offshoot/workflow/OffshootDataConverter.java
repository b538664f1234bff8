package dev.offshoot.workflow;

import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.offshoot.codec.EncryptionCodec;
import dev.offshoot.domain.OffshootJson;
import io.temporal.common.converter.CodecDataConverter;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import java.util.List;

/** The data converter that worker, CLI and Java clients share. */
public final class OffshootDataConverter {
  private static final DataConverter JSON =
      DefaultDataConverter.newDefaultInstance()
          .withPayloadConverterOverrides(
              new JacksonJsonPayloadConverter(
                  // The SDK (1.38) wraps what it encrypts of a failure into an Optional.
                  OffshootJson.mapper().copy().registerModule(new Jdk8Module())));

  private static final DataConverter PLAIN = with(EncryptionCodec.withoutKeys());

  private OffshootDataConverter() {}

  /**
   * Plain JSON; says which key is missing where something is encrypted. Thread-safe.
   *
   * @see #with
   */
  public static DataConverter get() {
    return PLAIN;
  }

  /**
   * JSON as {@code codec} has it, with the messages and stack traces of failures if it encrypts.
   * Thread-safe.
   */
  public static DataConverter with(EncryptionCodec codec) {
    return new CodecDataConverter(JSON, List.of(codec), codec.encrypts());
  }
}
