#!/usr/bin/env python3
"""Writes the place-name lexicons of a bundle: one `<language>.tsv` per language.

    make_lexicons.py --lexicons DIR --cldr DIR --out models/dateline-mini/lexicons

`--lexicons` holds `lexicon_<language>.tsv`, written for this project (names, demonyms, capitals, cities, leaders);
`--cldr` holds `territories.tsv`, `exemplar_cities.tsv` and `subdivisions.tsv`, extracted from CLDR (Unicode-3.0).
The layout of what is written is described in the README beside the files.
"""

import argparse
import collections
import pathlib
import re
import unicodedata

NAMES, DEMONYMS, CAPITALS, CITIES, LEADERS = range(5)
COLUMNS = {"names": NAMES, "demonyms": DEMONYMS, "capitals": CAPITALS, "cities": CITIES, "leaders": LEADERS}
# The line of phrases that hold a country's name and mean none.
NOWHERE = "-"

# CLDR regions that are no ISO 3166-1 country (XK and EU are answered, so they stay).
NO_COUNTRY = {"AC", "AN", "CP", "CQ", "DG", "EA", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
# Countries after whose name CLDR puts another in parentheses.
WITH_OTHER_NAME = {"MM", "FK", "NZ"}
# Territories that answer for themselves: their names are taken out of the lines of the states they belong to.
TERRITORIES = {"GL", "FO", "NC", "EH", "MQ", "GP", "RE", "PR", "HK", "MO", "CW", "AW", "GF", "PF", "YT", "KY", "BM", "FK", "IO"}
# CLDR locale -> the language file it goes into.
SAME_LANGUAGE = {"zh-Hant": "zh", "pt-PT": "pt", "sr-Latn": "sr"}

# Zones whose exemplar city is no city, is tiny and carries a common word, or shares its name with a larger place.
NO_CITY = re.compile(
    r"^(Antarctica/.*|Etc/.*|America/(Indiana|North_Dakota|Kentucky)/.*|Pacific/(Easter|Gambier|Wake|Midway|Enderbury"
    r"|Kanton|Chatham|Marquesas|Norfolk|Efate|Bougainville)|Indian/(Christmas|Cocos|Kerguelen|Chagos|Mahe|Comoro"
    r"|Reunion)|Australia/(Eucla|Lord_Howe|Lindeman|Broken_Hill)|America/(Adak|Bahia|Bahia_Banderas|Boa_Vista"
    r"|Campo_Grande|Center|Cordoba|Creston|Dawson|Eirunepe|Fort_Nelson|Glace_Bay|Marigot|Mendoza|Menominee|Merida"
    r"|Nome|Noronha|Regina|Resolute|Santarem|Sitka|Swift_Current|Thule|Moncton|Montserrat|Boise)|America/Argentina/.*"
    r"|Asia/(Chita|Oral|Hovd|Famagusta)|Europe/(Kirov|Jersey|Guernsey|Isle_of_Man|Busingen)|Atlantic/South_Georgia)$"
)

# The extract names the country of a zone by the first letters of its CLDR id, which says another place for these.
ZONE_COUNTRY = {"Asia/Gaza": "PS", "Asia/Hebron": "PS", "Asia/Jerusalem": "IL", "America/Curacao": "CW",
                "America/St_Barthelemy": "BL"}

# Abbreviations of at most two letters that are worth their false finds.
SHORT = {"US", "UK", "РФ", "EU", "ЕС", "ЄС", "UE", "AS", "AB"}

# Entries that do more harm than good: common words and names of people. By language. They go to the line of phrases
# that name no country, so that another language's list does not bring them back.
DROP = {
    "en": "Island|Islands|Hamilton|Petra|Male|Beehive|Pole|CAR|PNG|the States|Victoria|Rodrigues|Labe|Kaya|Kara|Bata|Bria|Enga|Wau|Paro|Constantine"
          "|Colon|Santa Ana|Concepcion|Federal Council|Colonia|Rahmon|Jersey|Guernsey|Hashemite|Tico|Ticos|Finn|Saint-Louis|San Fernando|Union Island|New Amsterdam",
    "es": "Huye|Victoria|EU|Reunión|Navidad|Bol|Goma|Colón|Concepción|Salto",
    "fr": "Sahel|Bol|Salto|Sucre|Dominique|Maurice|Grenade|Sal|Jersey|Guernesey",
    "it": "Salto|Rosso|Dominica|Jersey",
    "pt": "Santo|lusa|Lusa|lusos|lusas|luso|Seria|Praia|Bata|Beira|Reunião|Salto|Jersey",
    "de": "Ire|Jersey",
    "id": "Senin|Petra|Lima|Kotor|Split|Keren|Kara|RI",
    "sw": "Gavana|Victoria|Rusizi|Ngozi|Bata|Sal|Mali",
    "tr": "Abbas|Yap|Masaya|Dili|Fin|Kaya|Sabah|Sana",
    "az": "Abbas|Məhəmməd|Lima|Çinin|Çin əyaləti|Dili|Dilini|Dilinin|Dilinə|Dilidə|Dilidən|Yol|Yola|Yolu|Yolun|Yolda|Yoldan|Dan|Sabah|Qəza|Limon|Limanı|Pula"
          "|Pas|Sen|Lun|Teo|Pou|Lam|Xan|Fay|Bio|Eş|Çi|Vea|Aun|Oli|Mae|CAR",
    "uz": "dan|Шариф|Sharif|Bo|Bor|Бор|Dori|Nom|Yassi|Talon|Aun|Vea|Oli|Mae|MAR|JAR",
    "uk": "Колона|Колон|Судані|Бо|Досі|Серії|Серію|Серія|Рифі|Риф|Рифу|Бор|Гавані",
    "ru": "Котором|Котор|Бор|Бо",
    "ha": "Sahel|Ibrahim|Kara|Riga|Goma|Bata|Gini|Gine|Yaren|Rashawa|Bol|Sin",
    "so": "Rosso|Murillo|Manta|Bata|Dili|Bor",
    "tg": "Ном", "mn": "Ном", "nb": "Man", "da": "Man", "sv": "Man",
    "ky": "Берген", "kk": "Берген|Тарту",
    # "financial" in Arabic, Persian, Urdu and Pashto: below come the phrases in which it is the country.
    "ar": "مالية|ماليه|مدينة|العديد|سيول|مشهد|كيف|الجزيرة|فينا|إطار|أطار|الألبان|ألبان|العين|البيضاء|الريان|مالي|المالي|صور|الكرك|مجري|مجرية|غزي|الأهلي|عمادة|بحر دار|سلا|سبأ",
    "fa": "نویس|دوشنبه|مالی|صور|غنا", "ur": "شام|مدینہ|مدینے|مالی|مالین|صور", "ps": "مالي|مالی", "ckb": "مالی", "ug": "مالى",
    "hr": "Čita", "sr": "Čita|Чита",
    "he": "צור|סירת|פונו",
    "hi": "मक्का",
}

# Names that are also ordinary words of the language: not found at the start of a sentence, where every word is
# capitalised. Written with a `~`.
WORDS = {
    "en": "Poles|Cork|Tyre|Polish|Brits|Nice",
    "es": "Lagos|Sucre|Granada|Vienne",
    "fr": "Vienne|Liège|Tyr|Salvador",
    "it": "Porto|Riga|Monaco|Usa|Salto",
    "pt": "Porto|Lagos|Madeira",
    "id": "Baku|Nusantara|Ganja|Bali",
    "sw": "Bali", "ms": "Cuba|Bali",
    "tr": "Mali|Çek|Rus", "az": "Mali|Sayda",
    "ru": "Того|Газа|Чад", "uk": "Того|Порту|Чад|Чаду",
    "vi": "Anh|Ý|Áo|Ba Lan",
    "hr": "Mali", "sl": "Mali", "sr": "Mali|Мали", "sk": "Mali", "cs": "Mali", "lv": "Mali", "pl": "Mali|Kuba|Czad",
    "bg": "Мали", "mk": "Мали",
    "lt": "Viena|Gana", "fi": "Oman", "el": "Γεωργία|Άκρα", "ky": "Гана|Катар", "kk": "Гана",
    "nl": "Wenen",
}

# What the sources lack: `country column: name|name`; `-` is the line of phrases that name no country.
ADD = {
    "en": """
US names: U.S|USA|U.S.A.|the US
US capitals: Washington, D.C.|Washington, DC
US cities: Alabama|Alaska|Arizona|Arkansas|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Utah|Vermont|Virginia|West Virginia|Wisconsin|Wyoming|New York City|Los Angeles|San Francisco|Boston|Houston|Dallas|Philadelphia|Phoenix, Arizona|Seattle|Denver|Detroit|Miami|Atlanta|Minneapolis|Las Vegas|New Orleans|Baltimore|Portland, Oregon|San Diego|Silicon Valley|Wall Street|Guantanamo Bay|Manhattan|Brooklyn
US leaders: Pentagon|Capitol Hill|State Department|U.S. State Department|US State Department|Congress of the United States|Joe Biden|Barack Obama|Trump|Biden|FBI|CIA|Oval Office|US Congress|U.S. Congress
GB cities: Liverpool|Leeds|Sheffield|Edinburgh|Cardiff|Bristol|Nottingham|Newcastle upon Tyne|Aberdeen|Ulster
GB leaders: Westminster|Buckingham Palace|Whitehall|Scotland Yard|Rishi Sunak|Boris Johnson|House of Commons|Starmer|No 10 Downing Street|No. 10 Downing Street
FR cities: Nice|Bordeaux|Lille|Strasbourg|Nantes|Calais|Normandy|Brittany
FR leaders: Élysée|Elysee Palace|Élysée Palace|Macron|Quai d'Orsay|Marine Le Pen
DE cities: Stuttgart|Dresden|Leipzig|Bavaria|Dusseldorf|Düsseldorf|Solingen|Magdeburg|Ramstein
DE leaders: Olaf Scholz|Angela Merkel|Merz|Scholz|Merkel|Bundeswehr
RU cities: Saint Petersburg|Kazan|Sochi|Kursk|Bryansk|Rostov-on-Don|Novosibirsk|Yekaterinburg|Vladivostok|Grozny|Dagestan|Siberia|Tatarstan|Kaliningrad|Volgograd|Voronezh|Kamchatka|Sakhalin|Ingushetia|Makhachkala
RU leaders: Putin|Medvedev|Sergei Lavrov|Sergey Lavrov|Lavrov|Wagner Group|State Duma|Navalny|Red Square
UA cities: Kharkov|Mariupol|Kherson|Zaporizhzhia|Lviv|Dnipro|Donbas|Donbass|Luhansk|Crimea|Sevastopol|Bakhmut|Avdiivka|Mykolaiv|Sumy|Chernihiv|Pokrovsk|Kramatorsk|Bucha|Chernobyl|Chornobyl|Izium|Poltava|Kryvyi Rih
UA leaders: Zelenskyy|Zelenskiy|Volodymyr Zelensky|Verkhovna Rada|Rada
SY cities: Homs|Hama|Deir ez-Zor|Deir al-Zor|Raqqa|Latakia|Tartus|Daraa|Palmyra|Douma|Eastern Ghouta|Qamishli|Hasakah|Kobani|Suwayda
SY leaders: Assad|al-Assad|al-Sharaa
PS cities: Gaza Strip|Gaza City|Khan Younis|Khan Yunis|Nablus|Hebron|Bethlehem|Tulkarm|Beit Hanoun|Jabalia|Deir al-Balah|Jericho
PS leaders: Palestinian Authority|Palestinian Islamic Jihad|Fatah
IL cities: Golan Heights|Eilat|Ashdod|Sderot|West Jerusalem|Nazareth
IL leaders: Netanyahu|Israel Defense Forces|Shin Bet|Mossad|Likud|Isaac Herzog
LB cities: Tripoli|Nabatieh|Zahle
LB leaders: Hizbullah|Hizbollah
IQ cities: Baghdad's Green Zone|Fallujah|Ramadi|Najaf|Karbala|Sulaymaniyah|Kurdistan Region|Anbar|Sinjar|Tikrit
IR cities: Shiraz|Qom|Bushehr|Fordow|Bandar Abbas|Kerman|Kermanshah|Ahvaz|Evin|Sistan and Baluchestan|Zahedan
IR leaders: Khamenei|Masoud Pezeshkian|Pezeshkian|Ebrahim Raisi|Hassan Rouhani|Islamic Revolutionary Guard Corps|IRGC
ML names: Islamic Republic of Mali
MR names: Islamic Republic of Mauritania
PK names: Islamic Republic of Pakistan
PK cities: Quetta|Rawalpindi|Khyber Pakhtunkhwa|Sindh|Punjab|Faisalabad|Multan|Gilgit-Baltistan|Swat Valley|North Waziristan|South Waziristan
IN cities: Chennai|Bangalore|Hyderabad|Ahmedabad|Pune|Gujarat|Maharashtra|Tamil Nadu|Kerala|Uttar Pradesh|Madhya Pradesh|Andhra Pradesh|Rajasthan|Bihar|West Bengal|Assam|Manipur|Punjab|Karnataka|Telangana|Odisha|Srinagar|Lucknow|Jammu
IN leaders: Modi|Rajya Sabha|Bharatiya Janata Party|Rahul Gandhi
CN cities: Wuhan|Chengdu|Chongqing|Tianjin|Nanjing|Hangzhou|Shenzhen|Inner Mongolia|Lhasa|Urumqi|Sichuan|Hubei|Henan|Hunan|Guangdong|Yunnan|Hebei|Zhejiang|Macau Strait|Xi'an
CN leaders: Li Qiang|Wang Yi|Communist Party of China|Chinese Communist Party|Great Hall of the People|People's Liberation Army
SD cities: El-Fasher|El Geneina|Nyala|Kordofan|Kassala|El Obeid
SD leaders: Burhan|Hemedti|RSF
YE cities: Taizz|Hadramout|Hadramawt|Saada|Hodeida|Mukalla|Socotra
YE leaders: Houthi|Ansar Allah
LY cities: Tobruk|Sabha|Zawiya
LY leaders: Haftar|Muammar Gaddafi|Gaddafi|Abdul Hamid Dbeibah
AF cities: Kunduz|Helmand|Jalalabad|Bamiyan|Paktika|Kunar|Badakhshan
KZ cities: Alma-Ata|Almaty Region|Zhanaozen|Atyrau|Aktobe|Karaganda|Baikonur|Taraz|Pavlodar|Semey|Mangystau
KZ leaders: Kassym-Jomart Tokayev|Nursultan Nazarbayev|Nazarbayev|Qasym-Zhomart Toqaev
KG names: Kyrghyzstan|Kirgizstan|Kirghizstan
KG demonyms: Kyrgyzs
KG cities: Jalalabad Region|Tokmok|Karakol|Naryn|Talas|Chui
KG leaders: Japarov|Jeenbekov|Atambayev|Almazbek Atambayev|Kurmanbek Bakiyev|Askar Akayev|Sadyr Zhaparov
MM leaders: Tatmadaw|Suu Kyi
TR cities: Antalya|Gaziantep|Adana|Bursa|Kahramanmaras|Trabzon
TR leaders: Erdogan|Tayyip Erdogan|Ekrem Imamoglu|PKK
ES cities: Bilbao|Malaga|Canary Islands|Andalusia|Galicia|Zaragoza|Basque Country|Mallorca
IT cities: Turin|Venice|Florence|Bologna|Genoa|Palermo|Sardinia|Tuscany
JP cities: Kyoto|Nagasaki|Hiroshima|Sapporo|Nagoya|Kobe|Yokohama|Ishikawa|Noto Peninsula
KP names: Korea
KP leaders: Kim Jong-un|Kim Jong Il|Kim Yo-jong
KR leaders: Yoon Suk Yeol|Yoon Suk-yeol|Lee Jae Myung
CA cities: Quebec|Ontario|British Columbia|Calgary|Edmonton|Winnipeg|Manitoba|Saskatchewan|Nova Scotia|Newfoundland|London, Ontario
AU cities: New South Wales|Queensland|Adelaide|Tasmania|Darwin|Northern Territory|Gold Coast|Hobart|Bondi Beach
MX cities: Monterrey|Chiapas|Oaxaca|Acapulco|Michoacan|Guerrero|Veracruz|Jalisco|Cancun|Puebla
BR cities: Amazonas|Rio Grande do Sul|Porto Alegre|Salvador, Bahia|Belem|Bahia state|São Paulo|Fortaleza
BR leaders: Luiz Inacio Lula da Silva|Luiz Inácio Lula da Silva|Jair Bolsonaro
VE leaders: Maduro|Hugo Chavez|Maria Corina Machado|Juan Guaido
NG cities: Port Harcourt|Kaduna|Zamfara|Katsina|Ibadan|Benin City|Plateau State|Sokoto|Niger State|Niger Delta
NG leaders: Boko Haram|Muhammadu Buhari|Tinubu
CD cities: North Kivu|South Kivu|Beni, North Kivu|Kasai|Uvira
CD leaders: M23
CG names: Congo
SO leaders: al Shabaab|Al-Shabaab|Al-Shabab
SO cities: Somaliland|Jubaland
EU names: EU|European Commission|European Parliament|European Council|European Central Bank
EU leaders: Ursula von der Leyen|Kaja Kallas
VA names: Vatican|Holy See|Vatican City State
VA leaders: Pope Francis|Pope Leo XIV|Pope Leo|St. Peter's Square|St Peter's Square
GE cities: Tskhinvali|Sukhumi
AM cities: Nagorno-Karabakh
AZ cities: Nagorno-Karabakh|Stepanakert|Khankendi
PR names: Puerto Rico
PR demonyms: Puerto Rican|Puerto Ricans
GL demonyms: Greenlandic|Greenlander|Greenlanders
GL capitals: Nuuk
FO demonyms: Faroese
EH demonyms: Sahrawi|Sahrawis
HK leaders: Legislative Council of Hong Kong
MO names: Macau
TW cities: Taiwan Strait
PH cities: Luzon|Visayas|Leyte|Scarborough Shoal
PH leaders: Rodrigo Duterte|Duterte|Bongbong Marcos|Ferdinand Marcos Jr.
- names: New England|Michael Jordan|Jim Jordan|Jordan Peele|Jordan Peterson|Jordan Henderson|Jordan Pickford|Jordan Spieth|Jordan Clarkson|Jordan Poole|Jordan Ayew|Jordan Bardella|Air Jordan|Vernon Jordan|Chad Smith|Chad Wolf|Chad Johnson|Chad Daybell|Georgia Meloni|Georgia O'Keeffe|Paris Hilton|Guinea pig|Guinea pigs|Guinea fowl|Guinea worm|Brazil nut|Brazil nuts|French fries|French toast|French horn|French bulldog|Dutch oven|Turkish delight|Turkish Airlines flight attendants|Greek yogurt|Swiss cheese|Persian Gulf|Gulf of Oman|Gulf of Guinea|Gulf of Mexico|Gulf of America|Indian Ocean|South China Sea|East China Sea|Sea of Japan|English Channel|English language|English-language|Irish Sea|Korean Peninsula|Latin America|Latin American|Latin Americans|South America|North America|Central America|South American|North American|Central American|South Americans|North Americans|Native Americans|African Americans|Panama hat|Lebanon, Pennsylvania|Washington Post|The Washington Post|New York Times|The New York Times|Wall Street Journal|Boston Globe|Los Angeles Times|Chicago Tribune|Times of India|Paris Agreement|Paris climate accord|Paris Saint-Germain|Manchester United|Manchester City|Liverpool FC|Real Madrid|Chelsea Manning|American Airlines|British Airways|Air France|China Airlines|Vienna Convention|Geneva Convention|Geneva Conventions|Stockholm syndrome|Rome Statute|Hague Convention|Warsaw Pact|Oslo Accords|London Marathon|Jack London|Orlando Bloom|Israel Adesanya|Israel Folau|Kenya Barris|India Willoughby|Jordan Love|Milan Kundera|Denver Broncos|Montana Smith|Mali Empire
""",
    "ar": """
US names: الولايات المتّحدة|الولايات المتحده
US cities: كاليفورنيا|فلوريدا|واشنطن دي سي|سان فرانسيسكو|هيوستن|بوسطن|ميامي|أريزونا|جورجيا الأمريكية|مينيابوليس|مينيسوتا|فيلادلفيا|ديترويت|لاس فيغاس|ألاسكا|أوهايو|بنسلفانيا|ميشيغان|هاواي
US leaders: البنتاغون|البنتاجون|ترامب|ترمب|دونالد ترمب|جو بايدن|بايدن|باراك أوباما|الكونغرس|الكونجرس|الخارجية الأميركية|الخارجية الأمريكية|وول ستريت
GB names: المملكة المتحدة|بريطانيا العظمى|إنجلترا|انكلترا|إنكلترا|اسكتلندا|ويلز|إيرلندا الشمالية|أيرلندا الشمالية
GB cities: ليفربول|إدنبرة|ليدز|كارديف
GB leaders: بوريس جونسون|ريشي سوناك|قصر باكنغهام|ستارمر
FR cities: نيس|تولوز|ليل الفرنسية|نورماندي|كاليه
FR leaders: قصر الإليزيه|ماكرون|الرئيس الفرنسي
DE cities: ميونخ|ميونيخ|هامبورغ|فرانكفورت|كولونيا|دوسلدورف|شتوتغارت|لايبزيغ
DE leaders: البوندستاغ|أولاف شولتس|أنغيلا ميركل|فريدريش ميرتس|ميركل
RU cities: سان بطرسبورغ|سانت بطرسبرغ|غروزني|سوتشي|كورسك|بيلغورود|بريانسك|قازان|داغستان|سيبيريا|روستوف|القرم الروسية|تتارستان|كالينينغراد|فلاديفوستوك
RU leaders: بوتين|سيرغي لافروف|لافروف|مجموعة فاغنر|ديمتري ميدفيديف|مجلس الدوما|الدوما|زاخاروفا|ديمتري بيسكوف
UA names: اوكرانيا|أوكرانيا
UA cities: خاركوف|ماريوبول|خيرسون|زابوريجيا|زابوروجيا|دنيبرو|دونباس|لوغانسك|لوهانسك|القرم|شبه جزيرة القرم|سيفاستوبول|باخموت|ميكولايف|سومي|أوديسا|بوتشا|تشيرنوبل
UA leaders: زيلينسكي|فولوديمير زيلنسكي|زيلنسكي
SY cities: الرقة|اللاذقية|طرطوس|درعا|حماة|دوما السورية|الغوطة الشرقية|القامشلي|الحسكة|كوباني|عين العرب|السويداء|تدمر|منبج|عفرين|ريف دمشق
SY leaders: الأسد السوري|نظام الأسد|قوات سوريا الديمقراطية|هيئة تحرير الشام
PS cities: مدينة غزة|خان يونس|خانيونس|رفح|دير البلح|جباليا|بيت لاهيا|بيت حانون|طولكرم|بيت لحم|أريحا|قلقيلية|القدس المحتلة|مخيم جنين
PS leaders: حماس|حركة فتح|الجهاد الإسلامي|كتائب القسام|سرايا القدس
IL cities: هضبة الجولان|الجولان المحتل|عسقلان|سديروت|الناصرة
IL leaders: نتنياهو|الموساد|جيش الاحتلال|الشاباك|الليكود
JO capitals: العاصمة الأردنية عمان|العاصمة عمان
OM names: السلطنة العمانية
OM leaders: هيثم بن طارق|السلطان قابوس
ML names: في مالي|جمهورية مالي|شمال مالي|وسط مالي|جنوب مالي|شمالي مالي|رئيس مالي|إلى مالي|من مالي|حكومة مالي|جيش مالي|عاصمة مالي|دولة مالي|مالي والنيجر|مالي وبوركينا فاسو|رئيس وزراء مالي
HU demonyms: المجري|المجرية|المجريون|المجريين
LB cities: طرابلس|مدينة صور|صور اللبنانية|البقاع|جنوب لبنان|الضاحية الجنوبية
LB leaders: حسن نصر الله|نجيب ميقاتي|نواف سلام|جوزيف عون
LY cities: بنغازي|مصراتة|سرت|درنة|طبرق|سبها
LY leaders: خليفة حفتر|حفتر|معمر القذافي|القذافي|عبد الحميد الدبيبة|الدبيبة
IQ cities: كربلاء|كركوك|الأنبار|الفلوجة|السليمانية|ديالى|ذي قار|الناصرية|تكريت|سنجار|إقليم كردستان|كردستان العراق|الرمادي
IQ leaders: مقتدى الصدر|نوري المالكي|مصطفى الكاظمي|عادل عبد المهدي
YE cities: عدن|صعدة|حضرموت|المكلا|شبوة|أبين|سقطرى|الضالع
YE leaders: الحوثيون|الحوثيين|الحوثي|أنصار الله|المجلس الانتقالي الجنوبي
SD cities: الجنينة|نيالا|كردفان|الأبيض السودانية|الجزيرة السودانية|ود مدني
SD leaders: البرهان|حميدتي|محمد حمدان دقلو
EG cities: الإسكندرية|السويس|سيناء|شمال سيناء|الجيزة|الأقصر|أسوان|بورسعيد|المنصورة|شرم الشيخ
EG leaders: السيسي|عبد الفتاح السيسي
SA cities: جدة|مكة المكرمة|المدينة المنورة|الدمام|الظهران|نجران|جازان|القطيف|نيوم
SA leaders: محمد بن سلمان|الملك سلمان|ولي العهد السعودي
AE cities: دبي|الشارقة|عجمان|رأس الخيمة|الفجيرة
IR cities: قم|أصفهان|كرمان|كرمانشاه|الأهواز|بندر عباس|بوشهر|نطنز|فوردو|زاهدان|مهاباد
IR leaders: خامنئي|المرشد الإيراني|مسعود بزشكيان|بزشكيان|إبراهيم رئيسي|حسن روحاني|فيلق القدس
KZ capitals: نورسلطان|نور-سلطان
KZ cities: ألماتا|آلماتا|ألما آتا|آلما آتا|ألما أتا|ألماآتا|جاناوزن|جاناوزين|أتيراو|أكتوبي|كاراغندا|كاراغاندا|تاراز|مانغيستاو
KZ demonyms: كازاخستاني|الكازاخستانية|الكازاخيون|الكازاخية|كازاخي
KZ leaders: توكاييف|قاسم جومرت توكاييف|قاسم جومارت توقاييف|نزارباييف|نور سلطان نزارباييف|نورسلطان نزارباييف
KG names: كيرجستان|قرغيزستان|قيرغيزستان|قرجيزستان
KG capitals: بيشكيك|بشكيك|بيشكك
KG cities: أوش|جلال آباد القرغيزية|باتكين|نارين|إيسيك كول
KG leaders: جينبيكوف|سورونباي جينبيكوف|أتامباييف|ألماظ بك أتامباييف|ألمازبيك أتامباييف|صدير جباروف|صادير جاباروف|جباروف|كرمان بك باقييف
AM leaders: نيكول باشينيان|باشينيان
AZ cities: ناغورني كاراباخ|ناغورنو كاراباخ|كاراباخ
AZ leaders: إلهام علييف|علييف
TR cities: إسطنبول|اسطنبول|أنطاليا|غازي عنتاب|ديار بكر|هاتاي|إزمير
TR leaders: أردوغان|رجب طيب أردوغان|اردوغان|حزب العمال الكردستاني|هاكان فيدان
CN cities: شنغهاي|هونان|ووهان|شينجيانغ|التبت|قوانغتشو|شنجن|سيتشوان
CN leaders: شي جين بينغ|الحزب الشيوعي الصيني
IN cities: كشمير|مومباي|بومباي|كولكاتا|كالكوتا|بنغالور|البنجاب|غوجارات|حيدر آباد
IN leaders: ناريندرا مودي|مودي
PK cities: كراتشي|لاهور|بيشاور|بلوشستان|كويتا|خيبر بختونخوا|روالبندي
AF cities: قندهار|هرات|مزار شريف|جلال آباد|قندوز|هلمند
EU names: الاتحاد الأوروبي|الإتحاد الأوروبي|المفوضية الأوروبية|البرلمان الأوروبي|المجلس الأوروبي
VA names: الفاتيكان|الكرسي الرسولي
VA leaders: البابا فرنسيس|البابا لاوون
KR names: كوريا
KP names: كوريا
KP leaders: كيم جونغ أون|كيم جونغ اون
EH names: الصحراء الغربية
EH leaders: جبهة البوليساريو|البوليساريو
NG leaders: بوكو حرام
SO leaders: حركة الشباب
VE leaders: مادورو|نيكولاس مادورو
JP cities: هيروشيما|ناغازاكي|أوساكا|كيوتو|فوكوشيما
CG names: الكونغو
MV capitals: العاصمة ماليه
KR capitals: العاصمة سيول|العاصمة الكورية الجنوبية سيول|في سيول|سيئول
IR cities: مدينة مشهد
UA capitals: كييف|العاصمة الأوكرانية كيف
SA cities: المدينة المنورة
- names: المحيط الهندي|البحر العماني|خليج عمان|خليج غينيا|خليج المكسيك|بحر الصين الجنوبي|بحر الصين الشرقي|أمريكا اللاتينية|أميركا اللاتينية|أمريكا الجنوبية|أميركا الجنوبية|أمريكا الشمالية|أميركا الشمالية|أمريكا الوسطى|أميركا الوسطى|مانشستر يونايتد|مانشستر سيتي|ريال مدريد|باريس سان جيرمان|نيويورك تايمز|واشنطن بوست|وول ستريت جورنال|شبه الجزيرة الكورية|اتفاق باريس للمناخ|اتفاقية جنيف|اتفاقيات جنيف|اتفاقية فيينا|اتفاق أوسلو|اتفاقيات أوسلو|ديك رومي
""",
    "ru": """
US leaders: Белый дом|Белого дома|Белому дому|Белом доме|Пентагон|Пентагона|Пентагоне|Трамп|Трампа|Трампу|Трампом|Трампе|Байден|Байдена|Байдену|Байденом|Госдеп|Госдепа
EU names: ЕС|Евросоюз|Евросоюза|Евросоюзу|Евросоюзом|Евросоюзе|Еврокомиссия|Еврокомиссии|Европарламент|Европарламента
GB names: Англия|Англии|Англию|Англией|Шотландия|Шотландии|Шотландию|Уэльс|Уэльса|Уэльсе|Северная Ирландия|Северной Ирландии
UA cities: Мариуполь|Мариуполя|Мариуполе|Херсон|Херсона|Херсоне|Донбасс|Донбасса|Донбассе|Крым|Крыма|Крыму|Запорожье|Запорожья|Бахмут|Бахмута|Бахмуте|Харьков|Харькова|Харькове
KZ cities: Алма-Ата|Алма-Аты|Алма-Ате|Алма-Ату|Алматы|Шымкент|Шымкента|Шымкенте|Жанаозен|Жанаозена|Жанаозене
KG leaders: Садыр Жапаров|Садыра Жапарова|Садыру Жапарову|Садыром Жапаровым|Жээнбеков|Жээнбекова|Жээнбекову|Жээнбековым|Атамбаев|Атамбаева|Атамбаеву|Атамбаевым
KP names: Корея|Кореи|Корее|Корею|Кореей
- names: Индийский океан|Индийского океана|Индийском океане|Латинская Америка|Латинской Америки|Латинской Америке|Латинскую Америку|Южная Америка|Южной Америки|Южной Америке|Южную Америку|Северная Америка|Северной Америки|Северной Америке|Северную Америку|Центральная Америка|Центральной Америки|Центральной Америке
""",
    "fr": """
US leaders: Maison-Blanche|Maison Blanche|Pentagone|Trump|Biden
RU leaders: Kremlin|Poutine
FR leaders: Élysée|Elysée|Macron|Matignon|Quai d'Orsay
EU names: UE|Commission européenne|Parlement européen
MU names: île Maurice|l'île Maurice
DM names: la Dominique|République dominicaine de la Dominique
GD names: île de la Grenade|la Grenade
- names: Amérique latine|Amérique du Sud|Amérique du Nord|Amérique centrale|océan Indien|Afrique du Nord|mer de Chine méridionale|Salvador Dali|Salvador Allende
""",
    "de": """
US leaders: Weißes Haus|Weißen Haus|Weiße Haus|Pentagon|Trump|Biden
RU leaders: Kreml|Putin|Putins
EU names: EU|EU-Kommission|Europäische Kommission|Europäischen Union|Europäischen Kommission
- names: Indischer Ozean|Indischen Ozean|Lateinamerika|Südamerika|Nordamerika|Mittelamerika
""",
    "es": """
US leaders: Casa Blanca|Pentágono|Trump|Biden
RU leaders: Kremlin|Putin
EU names: UE|Comisión Europea|Parlamento Europeo
GD names: isla de Granada
- names: América Latina|América del Sur|América del Norte|América Central|océano Índico|golfo de México|Salvador Dalí|Salvador Allende|Nueva Inglaterra
""",
    "tr": """
US leaders: Beyaz Saray|Pentagon|Trump|Biden
RU leaders: Kremlin|Putin
EU names: AB|Avrupa Komisyonu|Avrupa Parlamentosu
- names: Mali Müşavir|Mali müşavir|Mali Suçları|Mali Suçlar|Mali Şube|Mali destek|Mali yardım|Mali kriz|Mali yıl|Mali Hizmetler|Latin Amerika|Güney Amerika|Kuzey Amerika|Orta Amerika|Hint Okyanusu
""",
    "vi": """
- names: Pháp luật|Pháp lý|Pháp lệnh|Đức Giáo hoàng|Anh ta|Anh em|Anh ấy|Anh chị|Ý kiến|Ý nghĩa|Ý tưởng|Ý thức|Áo dài|Ấn Độ Dương|Mỹ Latinh|Nam Mỹ|Bắc Mỹ|Trung Mỹ|Mỹ phẩm|Mỹ thuật
""",
    "fa": """
KZ cities: آلما آتا|آلماتا|آلماتی|ژانااوزن
ML names: در مالی|کشور مالی|جمهوری مالی|ارتش مالی|شمال مالی|دولت مالی|از مالی|به مالی
LB cities: شهر صور
TJ capitals: شهر دوشنبه|دوشنبه پایتخت تاجیکستان
US leaders: پنتاگون|ترامپ|بایدن
RU leaders: کرملین|پوتین
EU names: کمیسیون اروپا|پارلمان اروپا
- names: اقیانوس هند|خلیج عمان|دریای عمان|آمریکای لاتین|آمریکای جنوبی|آمریکای شمالی|آمریکای مرکزی|خلیج مکزیک|دریای چین جنوبی
""",
    "ur": """
SY names: ملک شام|شام کے صدر|شام کے دارالحکومت|شام کی خانہ جنگی|شام اور عراق|شام اور لبنان|عراق اور شام|ایران اور شام|شام کی حکومت|شام کے شہر|شام کے شمال|شامی حکومت
SA cities: مدینہ منورہ
ML names: مالی میں|ملک مالی|مالی کی فوج|جمہوریہ مالی|مالی کے دارالحکومت
- names: بحر ہند|لاطینی امریکہ|جنوبی امریکہ|شمالی امریکہ|وسطی امریکہ|بحیرہ جنوبی چین
""",
    "zh": """
CN cities: 河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|內蒙古|广西|西藏|宁夏|新疆|石家庄|太原|沈阳|长春市|哈尔滨|南京|杭州|合肥|福州|南昌|济南|郑州|武汉|长沙|广州|深圳|海口|成都|贵阳|昆明|西安|兰州|西宁|呼和浩特|南宁|拉萨|银川|乌鲁木齐|苏州|宁波|青岛|大连|厦门|天津|重庆
US cities: 马里兰州|馬里蘭州|印第安纳州|新墨西哥州|德克萨斯州|加州
EU names: 欧盟|歐盟|欧洲联盟|欧委会|歐洲議會|欧洲议会
- names: 印度洋|南美洲|北美洲|拉丁美洲|南中国海|华盛顿邮报|华尔街日报|纽约时报
""",
    "ja": """
US cities: メリーランド州|インディアナ州|ニューメキシコ州
EU names: 欧州連合|欧州委員会
- names: 中国地方|中国銀行広島|中国新聞|中国電力|インド洋|ラテンアメリカ|北アメリカ|南アメリカ|中央アメリカ
""",
    "ko": """
EU names: 유럽연합|유럽 연합
- names: 인도양|인도적|인도주의|라틴아메리카|남아메리카|북아메리카|중앙아메리카
""",
    "hi": """
SA cities: मक्का शहर|मक्का मदीना
EU names: यूरोपीय संघ
- names: हिंद महासागर|लैटिन अमेरिका|दक्षिण अमेरिका|उत्तरी अमेरिका
""",
    "he": """
US leaders: הפנטגון|פנטגון|טראמפ|ביידן
RU leaders: הקרמלין|קרמלין|פוטין
EU names: האיחוד האירופי|איחוד האירופי
- names: האוקיינוס ההודי|דרום אמריקה|צפון אמריקה|מרכז אמריקה|אמריקה הלטינית
""",
    "uk": """
EU names: ЄС|Євросоюз|Євросоюзу|Євросоюзі|Єврокомісія|Єврокомісії
- names: Індійський океан|Латинська Америка|Латинської Америки|Латинській Америці|Південна Америка|Південної Америки|Північна Америка|Північної Америки
""",
    "pt": """
US leaders: Casa Branca|Pentágono|Trump|Biden
RU leaders: Kremlin|Putin
EU names: UE|Comissão Europeia|Parlamento Europeu
BR cities: Porto Alegre|Porto Velho|Salvador
- names: América Latina|América do Sul|América do Norte|América Central|oceano Índico
""",
    "it": """
US leaders: Casa Bianca|Pentagono|Trump|Biden
RU leaders: Cremlino|Putin
EU names: Ue|UE|Commissione europea|Parlamento europeo
DM names: Commonwealth di Dominica
DE cities: Monaco di Baviera
- names: America Latina|America latina|Sud America|Nord America|America del Sud|America centrale|oceano Indiano
""",
    "kk": """
KG capitals: Бішкек
KZ cities: Жаңаөзен|Алматы|Шымкент
EU names: Еуропалық одақ|Еуроодақ
""",
    "ky": """
KG capitals: Бишкек
KG cities: Ош|Жалал-Абад|Баткен|Ысык-Көл|Талас|Нарын
EU names: Евробиримдик
""",
    "am": """
- names: ህንድ ውቅያኖስ|ደቡብ አሜሪካ|ሰሜን አሜሪካ|ላቲን አሜሪካ
""",
}

# How names end when they decline, for languages whose names come from CLDR in the nominative alone: the first ending
# that fits is replaced by each of the others. Languages that only add suffixes are matched with suffixes instead.
ENDINGS = {
    "cs": [("sko", "ska sku skem"), ("ie", "ii ií"), ("a", "y u ě ou e o i"), ("o", "a u em"), ("e", "i í"), ("", "u e em ě")],
    "sk": [("sko", "ska sku skom"), ("ia", "ie ii iu iou"), ("a", "y e u ou"), ("o", "a u om"), ("", "u e om")],
    "sl": [("ska", "ske ski sko"), ("a", "e i o"), ("o", "a u em om"), ("", "a u om em")],
    "hr": [("ska", "ske skoj sku skom"), ("a", "e i u om"), ("o", "a u om"), ("", "a u om em")],
    "sr": [("ска", "ске ској ску ском"), ("а", "е и у ом"), ("о", "а у ом"), ("ska", "ske skoj sku skom"), ("a", "e i u om"),
           ("o", "a u om")],
    "lt": [("ija", "ijos ijai iją ijoje"), ("a", "os ai ą oje"), ("ė", "ės ei ę ėje"), ("as", "o ui ą e"), ("is", "io iui į yje"),
           ("us", "aus ui ų uje")],
    "lv": [("a", "as ai u ā"), ("e", "es ei i ē"), ("is", "a im i ī"), ("s", "a am u ā")],
    "el": [("α", "ας"), ("ά", "άς"), ("η", "ης"), ("ος", "ου ο"), ("ο", "ου"), ("ς", "")],
    "ro": [("ia", "iei"), ("a", "ei"), ("", "ului")],
    "hu": [("a", "á"), ("e", "é")],
    "bg": [], "mk": [],
}

# Suffixes that matching takes off by itself (`affix.rs` has all of them): forms that only add one are left out.
SUFFIXES = {
    "kk": "ның нің дың дің тың тің ға ге қа ке ды ді ты ті ны ні да де та те дан ден тан тен нан нен лар лер дар дер тар тер",
    "ky": "нын нин дын дин тын тин нун нүн дун дүн тун түн га ге го гө ка ке ко кө ны ни ды ди ты ти ну нү ду дү ту тү"
          " да де до дө та те то тө дан ден дон дөн тан тен тон төн лар лер лор лөр дар дер дор дөр тар тер тор төр",
    "uz": "ning ni ga da dan lar larning larga нинг ни га да дан лар ларнинг ларга",
    "az": "nın nin nun nün ın in un ün ya yə nı ni nu nü yı yi yu yü da də dan dən lar lər ə",
    "bn": "র ের কে তে রা দের ে",
}

# Scripts written without spaces: a short name would be found inside other words.
UNSPACED = {"th", "lo", "km", "my"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lexicons", type=pathlib.Path, required=True)
    parser.add_argument("--cldr", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    args = parser.parse_args()

    own = {p.stem.removeprefix("lexicon_"): p for p in sorted(args.lexicons.glob("lexicon_*.tsv"))}
    books = {language: read_lexicon(path) for language, path in own.items()}
    capitals = english_capitals(books["en"])
    merge_territories(books, args.cldr / "territories.tsv")
    merge_cities(books, args.cldr / "exemplar_cities.tsv", capitals)
    merge_nations_of_britain(books, args.cldr / "subdivisions.tsv")

    args.out.mkdir(parents=True, exist_ok=True)
    for stale in args.out.glob("*.tsv"):
        stale.unlink()
    total = 0
    for language, book in sorted(books.items()):
        # A locale with a handful of names is no lexicon.
        if sum(bool(columns[NAMES]) for columns in book.values()) < 100:
            continue
        add(book, language)
        text = render(book, language, inflect=language not in own)
        (args.out / f"{language}.tsv").write_text(text, encoding="utf-8")
        total += len(text.encode())
    print(f"{len(list(args.out.glob('*.tsv')))} files, {total / 1e6:.2f} MB")


def empty_book():
    return collections.defaultdict(lambda: [{} for _ in COLUMNS])


def put(book, country, column, name):
    """Adds a name; columns are dicts because they keep the order and drop repetitions."""
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if name:
        book[country][column][name] = None


def read_lexicon(path):
    book = empty_book()
    for line in path.read_text(encoding="utf-8").splitlines():
        country, *columns = line.split("\t")
        for column, names in enumerate(columns):
            for name in names.split("|"):
                put(book, country, column, name)
    return book


def rows(path):
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")


def english_capitals(book):
    return {(country, plain(name)) for country, columns in book.items() for name in columns[CAPITALS]}


def plain(name):
    """Lower-case letters without diacritics, to compare zone ids with names."""
    decomposed = unicodedata.normalize("NFD", name.lower())
    return "".join(c for c in decomposed if c.isalpha())


def merge_territories(books, path):
    for locale, region, name in rows(path):
        country = region.split("-")[0]
        if country.isdigit() or country in NO_COUNTRY:
            continue
        language = SAME_LANGUAGE.get(locale, locale)
        book = books.setdefault(language, empty_book())
        for variant in territory_variants(country, name):
            put(book, country, NAMES, variant)


def territory_variants(country, name):
    """"Myanmar (Burma)" -> Myanmar, Burma; other words in parentheses are qualifiers and are left out."""
    match = re.fullmatch(r"(.+?)\s*[(（](.+)[)）]", name)
    if not match:
        yield name
        yield from ampersands(name)
        return
    head, inner = match.groups()
    if country in WITH_OTHER_NAME:
        yield head
        yield inner
    elif country == "CD" and inner in {"DRC", "RDC", "ДРК"}:
        yield f"{inner} {head}"


def ampersands(name):
    """CLDR writes "Bosnia & Herzegovina"; English texts write "and" as often."""
    if " & " in name:
        yield name.replace(" & ", " and ")


def merge_cities(books, path, capitals):
    for locale, country, zone, name in with_unwritten_cities(books, path):
        language = SAME_LANGUAGE.get(locale, locale)
        if NO_CITY.match(zone) or country in NO_COUNTRY or language not in books:
            continue
        # "Tripoli (Libya)" tells it from another place; nobody writes so.
        name = re.sub(r"\s*\([^()]*\)$", "", name)
        if "(" in name:
            continue
        place = plain(zone.rsplit("/", 1)[-1])
        column = CAPITALS if (country, place) in capitals else CITIES
        if language in UNSPACED and len(name) < 4:
            continue
        # A city called like its country says no more than the country's name.
        if name not in books[language][country][NAMES]:
            put(books[language], country, column, name)


def with_unwritten_cities(books, path):
    """CLDR leaves out a city whose name is that of its zone ("Europe/Moscow" in English)."""
    written = [
        (locale, ZONE_COUNTRY.get(zone, country), zone, name) for locale, country, zone, name in rows(path)
    ]
    yield from written
    zones = {(country, zone) for _, country, zone, _ in written}
    given = {(SAME_LANGUAGE.get(locale, locale), zone) for locale, _, zone, _ in written}
    for language in sorted(books):
        france = next(iter(books[language]["FR"][NAMES]), "?")
        if unicodedata.name(france[0]).startswith("LATIN"):
            for country, zone in sorted(zones):
                if (language, zone) not in given:
                    yield language, country, zone, zone.rsplit("/", 1)[-1].replace("_", " ")


def merge_nations_of_britain(books, path):
    for locale, region, name in rows(path):
        language = SAME_LANGUAGE.get(locale, locale)
        if region in {"gbeng", "gbsct", "gbwls", "gbnir"} and language in books:
            put(books[language], "GB", NAMES, name)


def add(book, language):
    # The acronyms that all scripts borrow.
    for country, acronym in (("US", "USA"), ("EU", "EU")):
        if acronym not in DROP.get(language, "").split("|"):
            put(book, country, NAMES, acronym)
    for line in ADD.get(language, "").strip().splitlines():
        head, names = line.split(": ", 1)
        country, column = head.split(" ")
        for name in names.split("|"):
            put(book, country, COLUMNS[column], name)


def render(book, language, inflect):
    drop = set(filter(None, DROP.get(language, "").split("|")))
    words = set(filter(None, WORDS.get(language, "").split("|")))
    for word in sorted(drop):
        put(book, NOWHERE, NAMES, word)
    own = {name for country in TERRITORIES & book.keys() for names in book[country] for name in names}
    lines = []
    for country in sorted(book):
        cells = []
        for column, names in enumerate(book[country]):
            kept = {}
            for name in names:
                if country not in TERRITORIES and country != NOWHERE and name in own:
                    continue
                if country != NOWHERE and (name in drop or too_short(name, language, column) or redundant(name, names, language)):
                    continue
                kept[("~" if name in words or is_syllable(name, language, column) else "") + name] = None
                if inflect and country != NOWHERE and column in (NAMES, CAPITALS, CITIES):
                    for form in declined(name, language):
                        kept[form] = None
            cells.append("|".join(kept))
        if any(cells):
            lines.append("\t".join([country, *cells]))
    return "\n".join(lines) + "\n"


def is_cased(name):
    return name.lower() != name.upper()


def too_short(name, language, column):
    if any(c in name for c in "|\t~"):
        return True
    letters = [c for c in name if c.isalpha()]
    if is_cased(name):
        if language == "vi":
            return False
        # "U.S." is fine, "РК" is not.
        if len(letters) <= 2 and name not in SHORT and name.upper() == name and "." not in name:
            return True
        return column == LEADERS and len(letters) <= 3 and name.upper() != name
    return len(letters) < 2


def is_syllable(name, language, column):
    """Capitalised names of up to three letters ("Osh", "Bo") look like words at the start of a sentence."""
    return language != "vi" and is_cased(name) and column != DEMONYMS and len(name) <= 3 and name.upper() != name


def redundant(name, names, language):
    """Forms that matching derives by itself: clitics of Arabic, suffixes after an apostrophe."""
    if language == "ar" and (name[1:] in names and name[0] in "وبلف" or name.startswith("لل") and "ال" + name[2:] in names):
        return True
    if language == "uz":
        # Three ways to write the apostrophe of Latin Uzbek; matching unifies them.
        if "'" in name and (name.replace("'", "‘") in names or name.replace("'", "ʻ") in names):
            return True
        if "ʻ" in name and name.replace("ʻ", "‘") in names:
            return True
    for suffix in SUFFIXES.get(language, "").split():
        if name.endswith(suffix) and len(name) - len(suffix) >= 4 and name[: -len(suffix)] in names:
            return True
    stem, apostrophe, suffix = name.rpartition("'")
    return bool(apostrophe) and language in {"tr", "az"} and stem in names and len(suffix) <= 6


def declined(name, language):
    # Only one-word names: in longer ones the words agree with each other.
    if " " in name or "-" in name or len(name) < 4:
        return
    for ending, others in ENDINGS.get(language, []):
        if name.endswith(ending) and (ending or name[-1].lower() not in "aeiouyáéíóúůýěаеиоу"):
            for other in others.split(" "):
                yield name[: len(name) - len(ending)] + other
            return


if __name__ == "__main__":
    main()
