//! Phrases of page furniture, language by language: the one place to add a language or a phrase.
//!
//! Write phrases as they are; case, punctuation, quotes and Arabic vowel marks do not count, but a colon does.
//! `a … b` asks for `a` in its place and `b` anywhere behind it. Prefer long phrases: a phrase that could stand in a
//! report does not belong here, except in `line` and `whole`, which look at short lines without a full stop only.

/// Where a phrase must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Anywhere in a sentence.
    Any,
    /// At the start of a sentence.
    Start,
    /// At the start of a short line without a full stop.
    Line,
}

/// All phrases with a place.
pub(super) fn placed() -> impl Iterator<Item = (Place, &'static str)> {
    LANGUAGES.iter().flat_map(|language| {
        let any = language.any.iter().map(|p| (Place::Any, *p));
        let start = language.start.iter().map(|p| (Place::Start, *p));
        let line = language.line.iter().map(|p| (Place::Line, *p));
        any.chain(start).chain(line)
    })
}

/// Phrases that are a whole line or sentence, numbers aside: "12 comments", "Comments: 0".
pub(super) fn whole() -> impl Iterator<Item = &'static str> {
    LANGUAGES
        .iter()
        .flat_map(|language| language.whole)
        .copied()
}

struct Phrases {
    any: &'static [&'static str],
    start: &'static [&'static str],
    line: &'static [&'static str],
    whole: &'static [&'static str],
}

const LANGUAGES: &[&Phrases] = &[
    &ANY_LANGUAGE,
    &ENGLISH,
    &ARABIC,
    &RUSSIAN,
    &UKRAINIAN,
    &TURKISH,
    &FRENCH,
    &GERMAN,
    &SPANISH,
    &ITALIAN,
    &PORTUGUESE,
    &PERSIAN,
    &URDU,
    &HINDI,
    &CHINESE,
    &JAPANESE,
    &KOREAN,
    &INDONESIAN,
    &KYRGYZ,
    &KAZAKH,
    &POLISH,
];

/// Codes, agencies and the names of networks.
#[rustfmt::skip]
const ANY_LANGUAGE: Phrases = Phrases {
    any: &[
        "adsbygoogle", "googletag", "document.getElementById", "window.dataLayer", "fbq(", "gtag(",
        "wp-content/uploads", "pic.twitter.com", "javascript:void",
    ],
    start: &["ad_1", "ad_2", "fbpx", "© copyright", "copyright ©", "©"],
    line: &[
        "getty images", "facebook twitter", "twitter facebook", "whatsapp telegram", "telegram whatsapp",
        "vk ok",
    ],
    whole: &[
        "afp", "reuters", "ap", "ap photo", "afp photo", "reuters photo", "dpa", "epa", "efe", "ansa", "tass",
        "тасс", "xinhua", "interfax", "интерфакс", "риа новости", "anadolu", "aa", "ians", "pti", "bns", "upi",
        "afp reuters", "reuters afp", "getty", "getty images", "facebook", "twitter", "whatsapp", "telegram",
        "instagram", "youtube", "linkedin", "pinterest", "email", "e-mail", "rss", "tiktok", "x", "vk", "ok",
        "viber", "copy link", "ad_1", "ad_2", "adv", "ads", "am", "pm",
    ],
};

#[rustfmt::skip]
const ENGLISH: Phrases = Phrases {
    any: &[
        "without prior written permission of the publisher", "reproduced without the written consent",
        "your email address will not be published", "required fields are marked",
        "save my name email and website in this browser", "all rights reserved",
        "it is not allowed to publish quote or reproduce", "may not be published broadcast rewritten",
        "we use cookies", "this site uses cookies", "this website uses cookies", "accept all cookies",
        "our cookie policy", "by continuing to use this site", "terms and conditions apply",
        "terms of use and privacy", "sign up for our newsletter", "sign up to our newsletter",
        "subscribe to our newsletter", "subscribe to our youtube", "subscribe to our channel", "follow us on",
        "like us on facebook", "join us on telegram", "join our telegram", "join our whatsapp",
        "subscribe to our telegram", "share this article", "share this story", "click here to",
        "this post was originally published", "this article was originally published",
        "the post … appeared first on", "appeared first on", "has not been edited by",
        "published from a syndicated feed", "please enable javascript", "your browser does not support",
        "you must be logged in to post", "leave a reply", "views expressed in this article",
        "the opinions expressed in this", "story continues below", "article continues below",
        "this story has been shared", "get the latest news delivered", "get breaking news alerts",
        "start your free trial", "already a subscriber", "to continue reading", "notify me of",
        "mobile application and keep yourself updated", "hit the bell icon",
    ],
    start: &[
        "read more:", "read also", "also read", "read next", "see also", "see more:", "more on this story",
        "related:", "related articles", "related stories", "related news", "watch:", "watch more:",
        "recommended:", "don't miss:", "download … application", "download … app", "download our app",
        "get our app", "photo:", "photos:", "photo by", "photo credit", "image:", "image credit", "image source",
        "image caption", "picture:", "pictured:", "file photo", "file image", "caption:", "credit:", "courtesy:",
        "source:", "video:", "listen:", "reporting by", "editing by", "additional reporting by", "writing by",
        "with inputs from", "with input from", "share this", "share on", "tweet this", "comments:", "tags:",
        "filed under", "published:", "last updated", "updated:", "sponsored content", "subscribe to",
        "subscribe now", "sign up", "log in to", "click to share", "skip to content", "contact us",
        "for more news", "for more information visit", "leave a comment", "post a comment",
        "be the first to comment", "join the conversation", "editor's note", "disclaimer", "previous article",
        "next article", "print this",
    ],
    line: &[
        "published on", "posted in", "posted by", "posted on", "compiled by", "translated by", "copyright",
        "advertisement", "our privacy policy", "author:", "written by", "read more", "subscribe", "more from",
        "more about", "latest news", "top stories", "trending", "most read", "also in", "in this article",
        "view comments", "show comments", "view all", "load more",
    ],
    whole: &[
        "comments", "comment", "no comments", "comments :", "shares", "share", "views", "likes", "tweet", "pin",
        "print", "save", "reply", "min read", "minute read", "minutes read", "minutes ago", "hours ago",
        "hour ago", "days ago", "advertisement", "advertising", "sponsored", "promoted", "home", "news", "world",
        "menu", "search", "login", "log in", "sign in", "register", "next", "previous", "live", "breaking",
        "update", "updated", "watch", "listen", "play", "close", "continue", "continue reading", "follow up",
        "loading", "more", "read more", "see more", "related", "tags", "topics", "gallery", "video", "photo",
        "photos", "follow us", "share this", "to be continued", "ends", "end", "exclusive", "opinion",
        "editorial", "staff", "staff reporter", "staff writer", "web desk", "news desk", "agencies",
        "file photo",
    ],
};

#[rustfmt::skip]
const ARABIC: Phrases = Phrases {
    any: &[
        "لن يتم نشر عنوان بريدك الإلكتروني", "الحقول الإلزامية مشار إليها", "الحقول المطلوبة محددة",
        "جميع الحقوق محفوظة", "حقوق النشر محفوظة", "احفظ اسمي وبريدي الإلكتروني", "تابعونا على", "تابعنا على",
        "اشترك في قناتنا", "اشترك في نشرتنا", "اشترك في النشرة", "اشتركوا في قناتنا", "انضم إلى قناتنا",
        "لمتابعة آخر الأخبار", "لمزيد من الأخبار", "حمّلوا تطبيق", "لا يجوز نشر أو اقتباس",
        "يمنع النقل أو الاقتباس", "المقال لا يعبر عن رأي", "لا تعبر بالضرورة عن رأي", "شارك هذا الخبر",
        "شارك هذا المقال", "شارك الخبر", "اضغط هنا",
    ],
    start: &[
        "حمل التطبيق", "اقرأ أيضا", "اقرأ ايضا", "اقرأ المزيد", "اقرأ أكثر", "إقرأ أيضا", "إقرأ المزيد",
        "شاهد أيضا", "شاهد:", "شاهد الفيديو", "قد يهمك", "مواضيع ذات صلة", "أخبار ذات صلة", "مقالات ذات صلة",
        "إعداد:", "تحرير:", "ترجمة:", "كتابة:", "كتب:", "كتبت:", "المصدر:", "مصدر الصورة", "صورة:", "الصورة:",
        "تصوير:", "صورة أرشيفية", "تاريخ النشر", "آخر تحديث", "الكلمات المفتاحية", "كلمات مفتاحية",
        "كلمات دلالية", "التعليقات:", "اترك تعليق", "أضف تعليق", "للاشتراك", "تحميل التطبيق", "بقلم:", "الكاتب:",
        "المزيد:", "وسوم:", "تابع القراءة",
    ],
    line: &[
        "نشر في", "نشرت في", "سياسة الخصوصية", "ملفات تعريف الارتباط", "بقلم", "المصدر", "تابعونا", "اشترك",
        "المزيد من", "الأكثر قراءة",
    ],
    whole: &[
        "متابعة", "متابعات", "وكالات", "رويترز", "أ ف ب", "فرانس برس", "الأناضول", "سبوتنيك", "د ب أ", "إعلان",
        "إعلانات", "تعليقات", "تعليق", "مشاركة", "شارك", "طباعة", "عاجل", "خاص", "المزيد", "يتبع", "اقرأ المزيد",
        "الرئيسية", "أخبار", "فيديو", "صور", "مباشر", "تغريدة", "دقائق", "دقيقة", "مدة القراءة",
        "لا توجد تعليقات", "انتهى", "أخبار العالم", "بث مباشر", "واتساب", "تلغرام", "فيسبوك", "تويتر", "شاركها",
        "نسخ الرابط",
    ],
};

#[rustfmt::skip]
const RUSSIAN: Phrases = Phrases {
    any: &[
        "ваш адрес email не будет опубликован", "ваш e-mail не будет опубликован", "обязательные поля помечены",
        "все права защищены", "подписывайтесь на наш", "подпишитесь на наш", "подпишись на наш",
        "подписывайтесь на нас", "следите за нами", "следите за нашими новостями", "читайте нас в",
        "присоединяйтесь к нам", "наш канал в telegram", "наш телеграм-канал", "наш telegram-канал",
        "использует файлы cookie", "используем файлы cookie", "использует cookie",
        "при использовании материалов", "при перепечатке", "при цитировании ссылка", "перепечатка материалов",
        "использование материалов разрешено", "ссылка на источник обязательна", "скачайте приложение",
        "нашли ошибку", "нашли опечатку", "выделите её и нажмите", "ctrl+enter",
        "мнение редакции может не совпадать", "поделиться с друзьями",
    ],
    start: &[
        "копирование материалов", "скачать приложение", "читайте также", "читать также", "читайте ещё",
        "читайте по теме", "читать далее", "читать полностью", "смотрите также", "см. также", "по теме:",
        "подробнее:", "фото:", "фото из", "фото с сайта", "фото предоставлено", "иллюстрация:", "источник:",
        "источник фото", "автор:", "текст:", "видео:", "теги:", "метки:", "комментарии:", "опубликовано:",
        "обновлено:", "дата публикации", "новости по теме", "материалы по теме", "оставить комментарий",
        "добавить комментарий", "реклама:", "на фото:", "перевод:", "редактор:", "скриншот:", "поделиться:",
    ],
    line: &[
        "политика конфиденциальности", "политикой конфиденциальности", "поделиться", "подписаться",
        "самое читаемое", "популярное", "последние новости", "главные новости", "больше новостей", "еще по теме",
    ],
    whole: &[
        "реклама", "на правах рекламы", "комментарии", "комментариев", "комментарий", "нет комментариев",
        "поделиться", "подписаться", "главная", "новости", "видео", "фото", "рейтер", "подробнее",
        "читать далее", "ещё", "продолжение следует", "загрузка", "просмотров", "просмотры", "минут на чтение",
        "минуты на чтение", "в мире", "политика", "общество", "срочно", "обновлено", "дополнено", "твитнуть",
        "распечатать", "архив", "архивное фото",
    ],
};

#[rustfmt::skip]
const UKRAINIAN: Phrases = Phrases {
    any: &[
        "ваша e-mail адреса не оприлюднюватиметься", "ваша електронна адреса не буде опублікована",
        "обов'язкові поля позначені", "всі права захищені", "усі права захищені", "підписуйтесь на наш",
        "підписуйтеся на наш", "підпишіться на наш", "стежте за нами", "читайте нас", "приєднуйтесь до нас",
        "використовує файли cookie", "при використанні матеріалів", "передрук матеріалів", "передрук заборонено",
        "завантажте застосунок", "знайшли помилку", "виділіть її та натисніть",
    ],
    start: &[
        "читайте також", "читати також", "читайте ще", "читати далі", "дивіться також", "див. також",
        "за темою:", "детальніше:", "фото:", "фото з", "ілюстрація:", "джерело:", "джерело фото", "автор:",
        "відео:", "теги:", "коментарі:", "опубліковано:", "оновлено:", "новини за темою", "матеріали за темою",
        "залишити коментар", "на фото:", "поширити:",
    ],
    line: &[
        "політика конфіденційності", "поділитися", "поширити", "підписатися", "останні новини", "найпопулярніше",
    ],
    whole: &[
        "реклама", "коментарі", "коментарів", "коментар", "поділитися", "поширити", "головна", "новини", "відео",
        "фото", "детальніше", "читати далі", "укрінформ", "терміново",
    ],
};

#[rustfmt::skip]
const TURKISH: Phrases = Phrases {
    any: &[
        "gerekli alanlar … işaretlen", "e-posta hesabınız yayımlanmayacak", "e-posta adresiniz yayınlanmayacak",
        "tüm hakları saklıdır", "her hakkı saklıdır", "bültenimize abone", "kanalımıza abone", "bizi takip edin",
        "takip etmek için", "çerezler kullanılmaktadır", "çerez kullanıyoruz", "izinsiz kopyalanamaz",
        "kaynak gösterilmeden", "uygulamamızı indirin", "uygulamasını indirin", "yorum yapabilmek için",
        "yazılı izin olmadan",
    ],
    start: &[
        "ayrıca okuyun", "ayrıca bakınız", "bunu da okuyun", "ilgili haber", "ilgili haberler", "devamını oku",
        "haberin devamı", "fotoğraf:", "foto:", "kaynak:", "görsel:", "haber:", "video:", "yorumlar:",
        "etiketler:", "son güncelleme", "güncelleme:", "yayınlanma:", "editör:", "muhabir:", "çeviri:",
        "yorum yaz", "yorum yap", "paylaş:",
    ],
    line: &[
        "gizlilik politikası", "çerez politikası", "paylaş", "takip et", "abone ol", "son dakika haberleri",
        "en çok okunanlar",
    ],
    whole: &[
        "reklam", "yorum", "yorumlar", "paylaş", "abone ol", "ana sayfa", "haberler", "gündem", "dünya",
        "son dakika", "devamı", "yazdır", "dha", "iha", "dakikalık okuma", "ilan", "tweetle",
    ],
};

#[rustfmt::skip]
const FRENCH: Phrases = Phrases {
    any: &[
        "votre adresse e-mail ne sera pas publiée", "votre adresse email ne sera pas publiée",
        "votre adresse de messagerie ne sera pas publiée", "les champs obligatoires sont indiqués",
        "tous droits réservés", "tous droits de reproduction", "abonnez-vous à notre", "inscrivez-vous à notre",
        "inscrivez-vous à la newsletter", "suivez-nous sur", "rejoignez-nous sur", "rejoignez notre chaîne",
        "utilise des cookies", "utilisons des cookies", "téléchargez l'application",
        "téléchargez notre application", "partager cet article", "reproduction interdite",
        "cet article est réservé aux abonnés", "il vous reste … à lire", "la suite est réservée",
    ],
    start: &[
        "lire aussi", "à lire aussi", "à lire également", "lire également", "à lire :", "lire la suite",
        "voir aussi", "à voir aussi", "sur le même sujet", "photo:", "photo d'illustration", "crédit photo",
        "crédits photo", "crédit:", "crédits:", "image:", "légende:", "source:", "vidéo:", "commentaires:",
        "mots-clés:", "tags:", "mise à jour:", "avec afp", "avec reuters", "par la rédaction",
        "laisser un commentaire", "traduction:", "partager:",
    ],
    line: &[
        "publié le", "mis à jour le", "politique de confidentialité", "partager", "abonnez-vous", "suivez",
        "les plus lus", "dernières actualités", "plus d'infos", "avec agences",
    ],
    whole: &[
        "publicité", "commentaires", "commentaire", "partager", "partages", "accueil", "actualités",
        "lire la suite", "lire plus", "vidéo", "imprimer", "en direct", "à suivre", "réagir", "min de lecture",
        "la rédaction", "article réservé aux abonnés", "le monde avec afp",
    ],
};

#[rustfmt::skip]
const GERMAN: Phrases = Phrases {
    any: &[
        "ihre e-mail-adresse wird nicht veröffentlicht", "deine e-mail-adresse wird nicht veröffentlicht",
        "erforderliche felder sind", "alle rechte vorbehalten", "abonnieren sie unseren",
        "newsletter abonnieren", "melden sie sich für unseren newsletter", "folgen sie uns", "folge uns auf",
        "verwendet cookies", "verwenden cookies", "nutzt cookies", "laden sie die app", "unsere app herunter",
        "artikel teilen", "vervielfältigung nur mit", "bitte aktivieren sie javascript", "werbung überspringen",
    ],
    start: &[
        "lesen sie auch", "lesen sie mehr", "lesen sie hier", "mehr zum thema", "mehr dazu", "siehe auch",
        "das könnte sie auch interessieren", "foto:", "fotos:", "bild:", "bildquelle", "quelle:", "symbolbild",
        "video:", "kommentare:", "schlagworte:", "stand:", "autor:", "von unserem korrespondenten",
        "schreiben sie einen kommentar", "kommentar schreiben", "teilen:", "übersetzung:", "anzeige:",
    ],
    line: &[
        "veröffentlicht am", "aktualisiert am", "datenschutzerklärung", "abonnieren", "meistgelesen",
        "weitere themen", "mehr aus",
    ],
    whole: &[
        "anzeige", "werbung", "kommentare", "kommentar", "teilen", "startseite", "nachrichten", "weiterlesen",
        "mehr", "mehr lesen", "video", "drucken", "merken", "liveticker", "afp dpa", "dpa afp", "min lesezeit",
        "minuten lesezeit", "archivbild", "symbolbild", "eilmeldung",
    ],
};

#[rustfmt::skip]
const SPANISH: Phrases = Phrases {
    any: &[
        "tu dirección de correo electrónico no será publicada",
        "su dirección de correo electrónico no será publicada", "los campos obligatorios están marcados",
        "todos los derechos reservados", "suscríbete a nuestro", "suscríbete a nuestra", "suscríbase a nuestro",
        "síguenos en", "síganos en", "únete a nuestro", "utiliza cookies", "utilizamos cookies",
        "usamos cookies", "descarga nuestra aplicación", "comparte esta noticia", "comparte este artículo",
        "prohibida su reproducción", "prohibida la reproducción", "recibe las últimas noticias",
    ],
    start: &[
        "descarga la app", "lea también", "lee también", "leer también", "te puede interesar",
        "le puede interesar", "ver también", "vea también", "leer más", "lea más", "más información:",
        "noticias relacionadas", "foto:", "fotos:", "fotografía:", "imagen:", "crédito:", "fuente:", "video:",
        "vídeo:", "comentarios:", "etiquetas:", "última actualización", "deja un comentario",
        "deja una respuesta", "con información de", "compartir:", "redacción:", "autor:", "traducción:",
    ],
    line: &[
        "publicado el", "actualizado el", "política de privacidad", "política de cookies", "compartir",
        "suscríbete", "lo más leído", "lo más visto", "últimas noticias", "más noticias",
    ],
    whole: &[
        "publicidad", "anuncio", "comentarios", "comentario", "compartir", "inicio", "noticias", "leer más",
        "ver más", "vídeo", "video", "imprimir", "en vivo", "en directo", "redacción", "min de lectura",
        "minutos de lectura", "foto archivo", "última hora",
    ],
};

#[rustfmt::skip]
const ITALIAN: Phrases = Phrases {
    any: &[
        "il tuo indirizzo email non sarà pubblicato", "i campi obbligatori sono contrassegnati",
        "tutti i diritti riservati", "riproduzione riservata", "iscriviti alla newsletter",
        "iscriviti alla nostra", "iscriviti al nostro", "seguici su", "utilizza i cookie",
        "utilizziamo i cookie", "utilizza cookie", "scarica l'app", "scarica la nostra app",
        "condividi questo articolo", "condividi l'articolo", "contenuto riservato agli abbonati",
    ],
    start: &[
        "leggi anche", "leggi di più", "leggi tutto", "continua a leggere", "vedi anche", "guarda anche",
        "potrebbe interessarti", "articoli correlati", "foto:", "immagine:", "fonte:", "credit:", "video:",
        "commenti:", "ultimo aggiornamento", "lascia un commento", "traduzione:", "condividi:",
    ],
    line: &[
        "pubblicato il", "aggiornato il", "a cura di", "informativa sulla privacy", "condividi", "abbonati",
        "i più letti", "ultime notizie", "di redazione",
    ],
    whole: &[
        "pubblicità", "commenti", "condividi", "condivisioni", "home", "notizie", "leggi tutto", "video",
        "stampa articolo", "in diretta", "redazione", "ansa", "minuti di lettura", "ultima ora",
    ],
};

#[rustfmt::skip]
const PORTUGUESE: Phrases = Phrases {
    any: &[
        "o seu endereço de e-mail não será publicado", "o seu endereço de email não será publicado",
        "campos obrigatórios são marcados", "campos obrigatórios marcados", "todos os direitos reservados",
        "inscreva-se na nossa", "inscreva-se em nosso", "assine nossa newsletter", "siga-nos",
        "siga nosso canal", "entre no nosso canal", "utiliza cookies", "utilizamos cookies", "usamos cookies",
        "baixe o aplicativo", "baixe nosso aplicativo", "compartilhe esta notícia", "partilhe este artigo",
        "proibida a reprodução", "clique aqui para",
    ],
    start: &[
        "leia também", "leia mais", "ler mais", "veja também", "saiba mais", "confira também",
        "notícias relacionadas", "foto:", "fotos:", "imagem:", "crédito:", "fonte:", "vídeo:", "comentários:",
        "última atualização", "deixe um comentário", "deixe uma resposta", "com informações de", "compartilhe:",
        "partilhar:", "redação:", "tradução:", "reportagem:", "edição:",
    ],
    line: &[
        "publicado em", "atualizado em", "política de privacidade", "compartilhar", "compartilhe", "partilhar",
        "assine", "mais lidas", "últimas notícias",
    ],
    whole: &[
        "publicidade", "anúncio", "comentários", "comentário", "compartilhar", "partilhar", "início", "notícias",
        "leia mais", "ler mais", "vídeo", "imprimir", "ao vivo", "redação", "min de leitura", "divulgação",
        "reprodução",
    ],
};

#[rustfmt::skip]
const PERSIAN: Phrases = Phrases {
    any: &[
        "عضو کانال … شوید", "نشانی ایمیل شما منتشر نخواهد شد", "بخش‌های موردنیاز علامت‌گذاری شده‌اند",
        "تمامی حقوق محفوظ است", "کلیه حقوق محفوظ است", "کلیه حقوق این سایت", "ما را در … دنبال کنید",
        "نقل مطالب با ذکر منبع", "استفاده از مطالب … با ذکر منبع", "اپلیکیشن را دانلود",
    ],
    start: &[
        "بیشتر بخوانید", "بیشتر بدانید", "همچنین بخوانید", "مطالب مرتبط", "اخبار مرتبط", "منبع:", "عکس:",
        "تصویر:", "نویسنده:", "مترجم:", "انتهای پیام", "کد خبر", "برچسب‌ها", "نظرات:", "ارسال نظر",
        "تاریخ انتشار", "ویدیو:",
    ],
    line: &["اشتراک گذاری", "پربازدیدترین", "آخرین اخبار", "لینک کوتاه"],
    whole: &[
        "انتهای پیام", "تبلیغات", "نظرات", "نظر", "اشتراک‌گذاری", "خبر", "ویدیو", "عکس", "ایسنا", "ایرنا",
        "فارس", "تسنیم", "مهر", "ادامه مطلب", "رویترز", "فوری",
    ],
};

#[rustfmt::skip]
const URDU: Phrases = Phrases {
    any: &[
        "آپ کا ای میل ایڈریس شائع نہیں کیا جائے گا", "ضروری خانوں کو نشان زد", "جملہ حقوق محفوظ",
        "تمام حقوق محفوظ", "ہمیں فالو کریں", "ہمارا چینل سبسکرائب", "ہماری ایپ ڈاؤن لوڈ", "ایپ ڈاؤن لوڈ کریں",
        "نیوز لیٹر سبسکرائب",
    ],
    start: &[
        "یہ بھی پڑھیں", "مزید پڑھیں", "مزید پڑھیے", "یہ بھی پڑھیے", "یہ بھی دیکھیں", "تصویر:", "فوٹو:", "ماخذ:",
        "بشکریہ", "تبصرے:", "تصویر کا ذریعہ", "متعلقہ خبریں", "ویڈیو:",
    ],
    line: &["شیئر کریں", "تازہ ترین خبریں"],
    whole: &[
        "اشتہار", "تبصرے", "تبصرہ", "شیئر", "شیئر کریں", "مزید", "ویب ڈیسک", "نیوز ڈیسک", "رائٹرز", "اے ایف پی",
        "ویڈیو", "تصاویر", "تازہ ترین",
    ],
};

#[rustfmt::skip]
const HINDI: Phrases = Phrases {
    any: &[
        "आपका ईमेल पता प्रकाशित नहीं किया जाएगा", "आवश्यक फ़ील्ड चिह्नित हैं", "सर्वाधिकार सुरक्षित",
        "हमें फॉलो करें", "हमारे चैनल को सब्सक्राइब", "हमारा ऐप डाउनलोड", "ऐप डाउनलोड करें",
        "व्हाट्सएप चैनल से जुड़ें", "न्यूज़लेटर सब्सक्राइब", "संपादित नहीं किया है",
    ],
    start: &[
        "यह भी पढ़ें", "ये भी पढ़ें", "इसे भी पढ़ें", "और पढ़ें", "यह भी देखें", "ये भी देखें", "फोटो:",
        "फ़ोटो:", "तस्वीर:", "स्रोत:", "साभार", "टिप्पणियाँ:", "संबंधित खबरें", "वीडियो:", "इमेज स्रोत",
    ],
    line: &["शेयर करें", "ताज़ा खबरें", "ताजा खबरें"],
    whole: &[
        "विज्ञापन", "टिप्पणियाँ", "टिप्पणी", "शेयर", "शेयर करें", "और पढ़ें", "होम", "समाचार", "वीडियो",
        "तस्वीरें", "एजेंसी", "भाषा", "ब्रेकिंग न्यूज़",
    ],
};

#[rustfmt::skip]
const CHINESE: Phrases = Phrases {
    any: &[
        "未经授权不得", "未经许可不得", "未經授權不得", "扫描二维码关注", "本网站使用cookie", "您的邮箱地址不会被公开", "您的电子邮箱地址不会被公开", "必填项已用", "版权所有",
        "转载请注明", "关注我们的", "关注微信公众号", "版權所有", "轉載請註明", "請訂閱", "按讚", "免责声明", "不代表本站观点", "不代表本网观点",
    ],
    start: &[
        "延伸阅读", "相关阅读", "相关新闻", "阅读更多", "点击阅读", "图片来源", "图源:", "图:", "来源:", "责任编辑", "编辑:", "记者:", "作者:", "分享到",
        "评论:", "原标题", "更多新闻", "延伸閱讀", "相關新聞", "閱讀更多", "圖片來源", "圖:", "來源:", "責任編輯", "編輯:", "推薦閱讀", "推荐阅读", "发布时间",
        "标签:",
    ],
    line: &["扫一扫", "下载客户端", "点击这里", "隐私政策", "隱私政策", "上一篇", "下一篇", "图为", "资料图", "圖為", "資料圖"],
    whole: &[
        "广告", "廣告", "评论", "評論", "分享", "分享到", "首页", "新闻", "更多", "视频", "影片", "收藏", "打印", "路透社", "法新社", "新华社",
        "中新社", "完", "資料照", "条评论", "字号", "阅读全文",
    ],
};

#[rustfmt::skip]
const JAPANESE: Phrases = Phrases {
    any: &[
        "当サイトではcookieを使用", "チャンネル登録をお願い", "残り…文字", "メールアドレスが公開されることはありません", "が付いている欄は必須項目です", "無断転載", "無断転用",
        "転載を禁じ", "をフォローする", "フォローしてください", "この記事は有料", "アプリをダウンロード",
    ],
    start: &[
        "あわせて読みたい", "関連記事", "関連ニュース", "続きを読む", "もっと見る", "写真:", "画像:", "撮影:", "提供:", "出典:", "動画:", "コメント:", "記者:",
        "編集:", "翻訳:", "更新:", "公開:",
    ],
    line: &["プライバシーポリシー", "会員登録", "アクセスランキング", "この記事を"],
    whole: &[
        "広告", "コメント", "シェア", "シェアする", "ツイート", "ニュース", "ホーム", "続きを読む", "もっと見る", "動画", "印刷", "ロイター", "共同", "時事",
        "件のコメント", "速報", "スポンサーリンク", "保存",
    ],
};

#[rustfmt::skip]
const KOREAN: Phrases = Phrases {
    any: &[
        "이메일은 공개되지 않습니다", "이메일 주소는 공개되지 않습니다", "필수 입력창은", "무단 전재", "무단전재", "재배포 금지", "팔로우하기", "앱을 다운로드",
        "제보는 카카오톡",
    ],
    start: &[
        "관련기사", "관련 기사", "더 보기", "더보기", "사진:", "사진=", "사진 제공", "출처:", "자료:", "영상:", "댓글:", "기자:", "편집:", "번역:",
        "입력:", "수정:", "기사입력", "기사 입력", "많이 본 뉴스",
    ],
    line: &["저작권자", "구독하기", "개인정보처리방침", "많이 본", "주요 뉴스"],
    whole: &[
        "광고", "댓글", "공유", "공유하기", "구독", "뉴스", "홈", "더보기", "동영상", "인쇄", "로이터", "연합뉴스", "속보", "끝", "좋아요", "글자크기",
    ],
};

#[rustfmt::skip]
const INDONESIAN: Phrases = Phrases {
    any: &[
        "alamat email anda tidak akan dipublikasikan", "ruas yang wajib ditandai", "hak cipta dilindungi",
        "ikuti kami di", "langganan newsletter", "berlangganan newsletter", "gabung di kanal",
        "menggunakan cookie", "download aplikasi", "dilarang mengutip", "dilarang memperbanyak",
        "simak berita lainnya", "bagikan artikel ini", "cek berita dan artikel", "ikuti saluran",
    ],
    start: &[
        "unduh aplikasi", "baca juga", "baca selengkapnya", "lihat juga", "simak juga", "berita terkait",
        "artikel terkait", "selengkapnya:", "foto:", "gambar:", "sumber:", "penulis:", "editor:", "reporter:",
        "video:", "komentar:", "pilihan editor", "tinggalkan balasan", "tonton juga",
    ],
    line: &["kebijakan privasi", "bagikan", "terpopuler", "berita terbaru"],
    whole: &[
        "iklan", "advertisement", "komentar", "bagikan", "beranda", "berita", "selengkapnya",
        "baca selengkapnya", "video", "cetak", "antara", "menit baca", "scroll to continue with content",
        "lanjutkan membaca", "breaking news",
    ],
};

#[rustfmt::skip]
const KYRGYZ: Phrases = Phrases {
    any: &[
        "сиздин email дарегиңиз жарыяланбайт", "бардык укуктар корголгон", "бизге жазылыңыз",
        "каналыбызга жазылыңыз", "шилтеме берүү милдеттүү", "колдонмону жүктөп",
    ],
    start: &[
        "ошондой эле окуңуз", "дагы окуңуз", "толугу менен окуңуз", "сүрөт:", "фото:", "булак:", "автор:",
        "видео:", "комментарийлер:", "тема боюнча",
    ],
    line: &["бөлүшүү", "жазылуу", "акыркы жаңылыктар"],
    whole: &[
        "жарнама", "комментарий", "комментарийлер", "бөлүшүү", "жаңылыктар", "башкы бет", "видео", "сүрөт",
        "азаттык", "кабар",
    ],
};

#[rustfmt::skip]
const KAZAKH: Phrases = Phrases {
    any: &[
        "сіздің email мекенжайыңыз жарияланбайды", "барлық құқықтар қорғалған", "барлық құқығы қорғалған",
        "бізге жазылыңыз", "арнамызға жазылыңыз", "сілтеме жасау міндетті", "сілтеме көрсету міндетті",
        "қосымшаны жүктеп",
    ],
    start: &[
        "сондай-ақ оқыңыз", "тағы оқыңыз", "толығырақ оқу", "тақырып бойынша", "сурет:", "фото:", "дереккөз:",
        "авторы:", "автор:", "видео:", "пікірлер:", "тегтер:", "оқи отырыңыз",
    ],
    line: &["бөлісу", "жазылу", "соңғы жаңалықтар", "ең көп оқылған"],
    whole: &[
        "жарнама", "пікір", "пікірлер", "бөлісу", "жаңалықтар", "басты бет", "видео", "сурет", "толығырақ",
        "казинформ", "шұғыл",
    ],
};

#[rustfmt::skip]
const POLISH: Phrases = Phrases {
    any: &[
        "twój adres e-mail nie zostanie opublikowany", "twój adres email nie zostanie opublikowany",
        "wymagane pola są oznaczone", "wszelkie prawa zastrzeżone", "zapisz się do newslettera",
        "subskrybuj nasz", "obserwuj nas na", "śledź nas na", "dołącz do nas", "używa plików cookie",
        "pobierz aplikację", "pobierz naszą aplikację", "udostępnij ten artykuł", "kopiowanie zabronione",
        "dalszy ciąg materiału pod wideo",
    ],
    start: &[
        "czytaj też", "czytaj także", "czytaj więcej", "przeczytaj także", "przeczytaj też", "zobacz też",
        "zobacz także", "zobacz również", "polecamy:", "powiązane artykuły", "fot.", "fot:", "zdjęcie:", "foto:",
        "źródło:", "wideo:", "autor:", "komentarze:", "tagi:", "data publikacji", "dodaj komentarz", "oprac.",
        "udostępnij:",
    ],
    line: &[
        "polityka prywatności", "udostępnij", "obserwuj", "najczęściej czytane", "najnowsze wiadomości",
    ],
    whole: &[
        "reklama", "komentarze", "komentarz", "udostępnij", "strona główna", "wiadomości", "czytaj więcej",
        "wideo", "drukuj", "pap", "na żywo", "pilne", "minut czytania", "ogłoszenie",
    ],
};
