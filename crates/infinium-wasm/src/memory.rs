//! Texts that cross between JavaScript and the module. This and `imports` are the only files with unsafe code.
//!
//! Down: JavaScript asks for room with `reserve`, writes a text there, and calls a function, which takes the texts in
//! their order. Up: a function leaves a text in `output`, and JavaScript reads it before the next call.

use std::cell::RefCell;

thread_local! {
    static ARGUMENTS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for a text of at most `length` bytes. Returns its address.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    ARGUMENTS.with_borrow_mut(|arguments| {
        arguments.push(vec![0; length]);
        arguments
            .last_mut()
            .map_or(std::ptr::null_mut(), |last| last.as_mut_ptr())
    })
}

/// The text that was reserved last has only this many bytes.
#[unsafe(no_mangle)]
extern "C" fn shorten(length: usize) {
    ARGUMENTS.with_borrow_mut(|arguments| {
        if let Some(last) = arguments.last_mut() {
            last.truncate(length);
            last.shrink_to_fit();
        }
    });
}

/// The address of the text that the last function has left.
#[unsafe(no_mangle)]
extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// The length of that text in bytes.
#[unsafe(no_mangle)]
extern "C" fn output_length() -> usize {
    OUTPUT.with_borrow(Vec::len)
}

/// Takes the first text that JavaScript has written and that was not taken yet.
pub(crate) fn take_bytes() -> Vec<u8> {
    ARGUMENTS.with_borrow_mut(|arguments| match arguments.is_empty() {
        true => Vec::new(),
        false => arguments.remove(0),
    })
}

/// Takes the first text. JavaScript writes nothing but UTF-8.
pub(crate) fn take() -> String {
    String::from_utf8(take_bytes()).unwrap_or_default()
}

/// Takes the first text if `given`.
pub(crate) fn take_if(given: u32) -> Option<String> {
    (given != 0).then(take)
}

/// Leaves a text for JavaScript.
pub(crate) fn put(text: String) {
    OUTPUT.set(text.into_bytes());
}
