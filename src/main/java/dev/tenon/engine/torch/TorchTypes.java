package dev.tenon.engine.torch;

import dev.tenon.TenonException;
import dev.tenon.plan.place.Device;
import dev.tenon.tensor.DType;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** This library's words for dtypes and devices in libtorch's. */
public final class TorchTypes {
  private TorchTypes() {}

  /**
   * libtorch's name of a dtype.
   *
   * @throws TenonException if libtorch has no such dtype
   */
  public static ScalarType scalarType(DType dtype) {
    return switch (dtype) {
      case BOOL -> ScalarType.Bool;
      case U8 -> ScalarType.Byte;
      case I8 -> ScalarType.Char;
      case I16 -> ScalarType.Short;
      case U16 -> ScalarType.UInt16;
      case F16 -> ScalarType.Half;
      case BF16 -> ScalarType.BFloat16;
      case I32 -> ScalarType.Int;
      case U32 -> ScalarType.UInt32;
      case F32 -> ScalarType.Float;
      case C64 -> ScalarType.ComplexFloat;
      case F64 -> ScalarType.Double;
      case I64 -> ScalarType.Long;
      case U64 -> ScalarType.UInt64;
      case F8_E5M2 -> ScalarType.Float8_e5m2;
      case F8_E4M3 -> ScalarType.Float8_e4m3fn;
      case F8_E8M0 -> ScalarType.Float8_e8m0fnu;
      case F8_E4M3FNUZ -> ScalarType.Float8_e4m3fnuz;
      case F8_E5M2FNUZ -> ScalarType.Float8_e5m2fnuz;
      case F4 -> ScalarType.Float4_e2m1fn_x2;
      case F6_E2M3, F6_E3M2 ->
          throw new TenonException("libtorch has no tensors of this dtype: dtype=" + dtype);
    };
  }

  /**
   * This library's name of a tensor's dtype.
   *
   * @throws TenonException if files have no such dtype
   */
  public static DType dtype(Tensor tensor) {
    ScalarType type = tensor.scalar_type().intern();
    for (DType dtype : DType.values()) {
      if (dtype.bits() != 6 && scalarType(dtype) == type) { // Those of 6 bits it has not.
        return dtype;
      }
    }
    throw new TenonException("Files have no tensors of this dtype: dtype=" + type);
  }

  /** The bytes of what libtorch counts as one element: of a packed dtype, a byte. */
  public static long elementBytes(DType dtype) {
    return dtype.isPacked() ? 1 : dtype.bits() / 8;
  }

  /** Options for a tensor; the caller closes them. */
  public static TensorOptions options(DType dtype, Device device) {
    if (device.kind() == Device.Kind.CPU || device.kind() == Device.Kind.DISK) {
      return new TensorOptions(scalarType(dtype)); // Its device, and three classes fewer.
    }
    try (ScalarTypeOptional type = new ScalarTypeOptional(scalarType(dtype));
        org.bytedeco.pytorch.Device where = device(device);
        DeviceOptional there = new DeviceOptional(where);
        TensorOptions none = new TensorOptions();
        TensorOptions typed = none.dtype(type)) {
      return typed.device(there);
    }
  }

  /** libtorch's device; the caller closes it. */
  public static org.bytedeco.pytorch.Device device(Device device) {
    return switch (device.kind()) {
      case CPU, DISK -> new org.bytedeco.pytorch.Device(DeviceType.CPU);
      case META -> new org.bytedeco.pytorch.Device(DeviceType.Meta);
      case CUDA -> new org.bytedeco.pytorch.Device(DeviceType.CUDA, (byte) device.index());
    };
  }

  /**
   * Refuses a device this libtorch or this machine does not have.
   *
   * @throws TenonException if a GPU is asked for and there is none of that number
   */
  public static void requireDevice(Device device) {
    if (device.kind() != Device.Kind.CUDA) {
      return;
    }
    if (!torch.hasCUDA()) {
      throw new TenonException(
          "No CUDA here: device="
              + device
              + ", remedy=use libtorch's CUDA natives on a machine with an NVIDIA driver");
    }
    long count = torch.getNumGPUs();
    if (device.index() >= count) {
      throw new TenonException("No such GPU: device=" + device + ", gpus=" + count);
    }
  }
}
