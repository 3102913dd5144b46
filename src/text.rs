//! JavaScript's text as Rust's: the one place with unsafe code, and the hot path of the main thread.
//!
//! Text crosses as UTF-16, because V8 tells its length in no time and copies it without looking at
//! it; it becomes UTF-8 later, on a thread that nobody waits for. Most of what a copy costs is memory
//! that the operating system has to find and clear first, so buffers are used again.

use std::{
    cell::RefCell,
    mem, ptr,
    sync::{Mutex, PoisonError},
};

use encoding_rs::mem::convert_utf16_to_utf8_partial;
use infinium_client::TaskText;
use napi::{
    Result, ValueType,
    bindgen_prelude::{FromNapiValue, TypeName, ValidateNapiValue},
    check_status, sys,
};

/// Buffers that wait to be used again hold at most this many units in all: 8 MiB.
const KEPT_UNITS: usize = 4 * 1024 * 1024;
/// A larger UTF-8 buffer is not kept.
const KEPT_BYTES: usize = 1024 * 1024;

thread_local! {
    /// Where texts become UTF-8, one after another.
    static UTF8: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// A string that JavaScript passed.
pub struct Text(Vec<u16>);

impl Text {
    /// How many UTF-16 units it has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl TaskText for Text {
    /// Half of a surrogate pair becomes U+FFFD.
    fn read<R>(&self, read: impl FnOnce(&str) -> R) -> R {
        UTF8.with_borrow_mut(|out| {
            let written = convert(&self.0, out);
            // The converter writes nothing but UTF-8.
            let result = read(std::str::from_utf8(&out[..written]).unwrap_or_default());
            if out.len() > KEPT_BYTES {
                *out = Vec::new();
            }
            result
        })
    }
}

/// Converts `units` to the beginning of `out`, which grows as needed; returns how long it is.
fn convert(units: &[u16], out: &mut Vec<u8>) -> usize {
    let (mut read, mut written) = (0, 0);
    // Room for ASCII, which is all there is most of the time; the converter wants a little more.
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
        shelf().put(mem::take(&mut self.0));
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
        // SAFETY: the caller vouches for `env` and `value`; without a buffer only the length is told.
        check_status!(unsafe {
            sys::napi_get_value_string_utf16(env, value, ptr::null_mut(), 0, &mut length)
        })?;
        let mut units = shelf().take(length + 1);
        let mut written = 0;
        // SAFETY: `units` has room for the text and the zero that ends it.
        check_status!(unsafe {
            let room = length + 1;
            sys::napi_get_value_string_utf16(env, value, units.as_mut_ptr(), room, &mut written)
        })?;
        // SAFETY: that many units have been written, and not more than there is room for.
        unsafe { units.set_len(written.min(length)) };
        Ok(Self(units))
    }
}

/// Buffers that wait to be used again.
struct Shelf(Mutex<(Vec<Vec<u16>>, usize)>);

fn shelf() -> &'static Shelf {
    static SHELF: Shelf = Shelf(Mutex::new((Vec::new(), 0)));
    &SHELF
}

impl Shelf {
    fn take(&self, room: usize) -> Vec<u16> {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (buffers, kept) = &mut *shelf;
        match buffers.pop() {
            Some(mut buffer) => {
                *kept -= buffer.capacity();
                drop(shelf);
                buffer.reserve(room);
                buffer
            }
            None => Vec::with_capacity(room),
        }
    }

    fn put(&self, mut buffer: Vec<u16>) {
        let mut shelf = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (buffers, kept) = &mut *shelf;
        if *kept + buffer.capacity() <= KEPT_UNITS {
            buffer.clear();
            *kept += buffer.capacity();
            buffers.push(buffer);
        }
    }
}
