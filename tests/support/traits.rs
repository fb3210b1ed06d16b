//! Whether a type has a trait, known when the test is compiled.

pub(crate) trait Lacks {
    const HAS: bool = false;
}

impl<T: ?Sized> Lacks for T {}

/// By which of two constants its name means: the type's own, where the type has the trait, comes
/// before that of `Lacks`.
macro_rules! has {
    ($type:ty: $($bound:tt)+) => {{
        #[allow(unused_imports)]
        use $crate::traits::Lacks as _;
        #[allow(dead_code)]
        struct Probe<T: ?Sized>(std::marker::PhantomData<T>);
        #[allow(dead_code)]
        impl<T: ?Sized + $($bound)+> Probe<T> {
            const HAS: bool = true;
        }
        <Probe<$type>>::HAS
    }};
}

pub(crate) use has;
