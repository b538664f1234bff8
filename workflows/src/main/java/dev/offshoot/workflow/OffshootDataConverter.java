package dev.offshoot.workflow;

import dev.offshoot.domain.OffshootJson;
import io.temporal.common.converter.DataConverter;
import io.temporal.common.converter.DefaultDataConverter;
import io.temporal.common.converter.JacksonJsonPayloadConverter;

/** The data converter that worker, CLI and Java clients share. */
public final class OffshootDataConverter {
  private static final DataConverter INSTANCE =
      DefaultDataConverter.newDefaultInstance()
          .withPayloadConverterOverrides(new JacksonJsonPayloadConverter(OffshootJson.mapper()));

  private OffshootDataConverter() {}

  /** Thread-safe. */
  public static DataConverter get() {
    return INSTANCE;
  }
}
