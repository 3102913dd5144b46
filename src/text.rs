//! Strings from JavaScript. This is the only file with unsafe code, and the main thread's hot path.
//!
//! Text crosses as UTF-16: V8 knows its length in UTF-16 and copies it without conversion. A worker thread converts
//! it to UTF-8 later.

use std::{cell::RefCell, mem, ptr};

use encoding_rs::mem::convert_utf16_to_utf8_partial;
use infinium_client::TaskText;
use napi::{
    Result, ValueType,
    bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue},
    check_status, sys,
};

use crate::buffer_pool::BufferPool;

/// The maximum capacity in bytes of the UTF-8 buffer that a thread keeps.
const MAX_KEPT_BYTES: usize = 1024 * 1024;

thread_local! {
    /// A reusable buffer for converting texts to UTF-8.
    static UTF8: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A string that JavaScript passed.
pub struct Text(Vec<u16>);

impl Text {
    /// Its length in UTF-16 units.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl TaskText for Text {
    /// A lone surrogate becomes U+FFFD.
    fn read<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        UTF8.with_borrow_mut(|out| {
            let written = convert(&self.0, out);
            // The converter writes only valid UTF-8, so the default is never used.
            let result = read(std::str::from_utf8(&out[..written]).unwrap_or_default());
            if out.len() > MAX_KEPT_BYTES {
                *out = Vec::new();
            }
            result
        })
    }
}

/// Writes `units` as UTF-8 to the beginning of `out`, which grows as needed. Returns the number of bytes.
fn convert(units: &[u16], out: &mut Vec<u8>) -> usize {
    let (mut read, mut written) = (0, 0);
    // Enough for ASCII, the usual case, plus the spare bytes that the converter needs.
    let mut room = units.len() + 4;
    loop {
        if out.len() < written + room {
            out.resize(written + room, 0);
        }
        let (more, wrote) = convert_utf16_to_utf8_partial(&units[read..], &mut out[written..]);
        read += more;
        written += wrote;
        if read == units.len() {
            return written;
        }
        // No unit takes more than three bytes.
        room = (units.len() - read) * 3 + 4;
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        BufferPool::global().put(mem::take(&mut self.0));
    }
}

impl TypeName for Text {
    fn type_name() -> &'static str {
        "String"
    }

    fn value_type() -> ValueType {
        ValueType::String
    }
}

impl ValidateNapiValue for Text {}

impl FromNapiValue for Text {
    unsafe fn from_napi_value(env: sys::napi_env, value: sys::napi_value) -> Result<Self> {
        let mut length = 0;
        // SAFETY: the caller guarantees that `env` and `value` are valid. Without a buffer, only the length is written.
        check_status!(unsafe {
            sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &mut length)
        })?;
        infinium_client::check_length(length).map_err(|error| crate::error::to_napi(&error))?;
        let mut units = BufferPool::global().take(length + 1);
        let mut written = 0;
        // SAFETY: `units` has room for the text and its terminating zero.
        check_status!(unsafe {
            let room = length + 1;
            sys::napi_get_value_string_utf16(env, value, units.as_mut_ptr(), room, &mut written)
        })?;
        // SAFETY: `written` units were written, and the buffer has room for `length` units.
        unsafe { units.set_len(written.min(length)) };
        Ok(Self(units))
    }
}
