//! The tensors of a safetensors file, by name and checked shape.

use std::borrow::Cow;

use candle_core::{DType, Device, Result, Shape, Tensor, bail, safetensors::Load};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};

/// Tensors under a prefix of a safetensors file.
pub struct Weights<'a> {
    tensors: &'a SafeTensors<'a>,
    prefix: String,
    device: Device,
    /// The whole file, if it is part of the executable.
    inside: Option<&'static [u8]>,
}

impl<'a> Weights<'a> {
    /// All tensors of the file; they are put on `device`.
    pub fn new(tensors: &'a SafeTensors<'a>, device: Device) -> Self {
        Self {
            tensors,
            prefix: String::new(),
            device,
            inside: None,
        }
    }

    /// The same; `file`, the bytes of `tensors`, lasts, so that what is used as it is stored needs no copy.
    pub fn inside(self, file: &'static [u8]) -> Self {
        Self {
            inside: Some(file),
            ..self
        }
    }

    /// The tensors whose names go on with `name` and a dot.
    pub fn at(&self, name: impl std::fmt::Display) -> Self {
        self.under(&format!("{name}."))
    }

    /// The tensors whose names start with `prefix` as it is (`bert.`, or nothing).
    pub fn under(&self, prefix: &str) -> Self {
        Self {
            tensors: self.tensors,
            prefix: format!("{}{prefix}", self.prefix),
            device: self.device.clone(),
            inside: self.inside,
        }
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// A tensor as f32. One stored as I8 has a `scale` beside it, one number for each row: `weight = scale * value`.
    ///
    /// # Errors
    /// It is missing or has another shape.
    pub fn get(&self, shape: impl Into<Shape>, name: &str) -> Result<Tensor> {
        let view = self.view(shape, name)?;
        if view.dtype() != Dtype::I8 {
            return view.load(&self.device)?.to_dtype(DType::F32);
        }
        let rows = view.shape().first().copied().unwrap_or(1);
        let scales: Vec<f32> = self.scales(rows, name)?;
        let width = view.data().len() / rows.max(1);
        let values = view.data().chunks(width.max(1)).zip(&scales);
        let widened =
            values.flat_map(|(row, scale)| row.iter().map(move |v| scale * f32::from(*v as i8)));
        Tensor::from_vec(widened.collect::<Vec<_>>(), view.shape(), &self.device)
    }

    /// The scales of a tensor stored as I8: of `<name>.weight`, `<name>.scale`; `[rows]`.
    ///
    /// # Errors
    /// They are missing, not one for each row, or not finite.
    pub fn scales(&self, rows: usize, name: &str) -> Result<Vec<f32>> {
        let name = match name.strip_suffix("weight") {
            Some(stem) => format!("{stem}scale"),
            None => bail!("{name:?} is no weight, and only weights can be I8"),
        };
        let scales = self.view(rows, &name)?.load(&Device::Cpu)?;
        let scales: Vec<f32> = scales.to_dtype(DType::F32)?.to_vec1()?;
        match scales.iter().position(|scale| !scale.is_finite()) {
            Some(row) => bail!("{name}: row {row} is {}", scales[row]),
            None => Ok(scales),
        }
    }

    /// The bytes of a tensor as it is stored: row by row, little-endian.
    ///
    /// # Errors
    /// It is missing or has another shape.
    pub fn bytes(&self, shape: impl Into<Shape>, name: &str) -> Result<Cow<'static, [u8]>> {
        let data = self.view(shape, name)?.data();
        let lasting = self.inside.and_then(|file| {
            let start = (data.as_ptr() as usize).checked_sub(file.as_ptr() as usize)?;
            file.get(start..start + data.len())
        });
        Ok(lasting.map_or_else(|| Cow::Owned(data.to_vec()), Cow::Borrowed))
    }

    /// The type a tensor is stored in.
    ///
    /// # Errors
    /// It is missing.
    pub fn dtype(&self, name: &str) -> Result<Dtype> {
        Ok(self.named(name)?.dtype())
    }

    fn view(&self, shape: impl Into<Shape>, name: &str) -> Result<TensorView<'a>> {
        let (view, shape) = (self.named(name)?, shape.into());
        if view.shape() != shape.dims() {
            bail!(
                "tensor {:?} has shape {:?}, not {:?}",
                format!("{}{name}", self.prefix),
                view.shape(),
                shape.dims()
            );
        }
        Ok(view)
    }

    fn named(&self, name: &str) -> Result<TensorView<'a>> {
        let name = format!("{}{name}", self.prefix);
        match self.tensors.tensor(&name) {
            Ok(view) => Ok(view),
            Err(_) => bail!("has no tensor {name:?}"),
        }
    }

    /// Whether the file has a tensor of this name.
    pub fn has(&self, name: &str) -> bool {
        self.tensors
            .tensor(&format!("{}{name}", self.prefix))
            .is_ok()
    }

    /// Length of the first dimension of a tensor.
    ///
    /// # Errors
    /// It is missing or a scalar.
    pub fn rows(&self, name: &str) -> Result<usize> {
        let name = format!("{}{name}", self.prefix);
        match self
            .tensors
            .tensor(&name)
            .ok()
            .and_then(|view| view.shape().first().copied())
        {
            Some(rows) => Ok(rows),
            None => bail!("has no tensor {name:?} with rows"),
        }
    }
}
