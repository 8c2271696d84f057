"""Words that tell a person's name from everything else that stands in a From header; all in lower case.

Not complete and need not be: a name that is not here is still a name when it stands beside a surname.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LITHUANIAN = _words("""
adomas aidas aivaras albertas albinas aleksandras algimantas algirdas algis alvydas andrius ansas antanas aras arminas
arnas arnoldas arturas artūras arunas arvydas arūnas audrius augustas augustinas aurelijus aurimas benas benediktas
benjaminas bernardas bronius ceslovas dainius dalius danielius darius deividas dominykas donaldas donatas dovydas
edgaras edmundas eduardas edvardas edvinas egidijus eimantas eimis elijas emilijus emilis erikas ernestas evaldas
faustas feliksas gabrielius gediminas genadijus giedrius gintaras gintautas gytis haroldas henrikas herkus hubertas
ignas ignotas ilja imantas irmantas ivanas jaunius jeronimas jokubas jokūbas jonas joris julius juozapas juozas jurgis
justas justinas kajus karolis kasparas kastytis kazimieras kazys kestutis kipras klaudijus kornelijus kostas
kristijonas kristupas kęstutis laimis laimonas laurynas leonardas leonas leonidas linas linus liudas liudvikas
liutauras lukas makaris mantas mantvydas marijonas marijus marius markas martynas matas matijas mažvydas mikas
mindaugas modestas motiejus mykolas naglis narimantas nedas nerijus nikodemas nojus norbertas oskaras osvaldas otonas
ovidijus paulius petras pijus povilas pranas pranciškus raimis raimondas raimundas ramunas ramūnas raulis regimantas
remigijus renaldas ricardas rimantas rimas rimvydas ričardas robertas robinas rokas rolandas romas romualdas ronaldas
rytis rūdolfas sakalas sarunas saulius sigitas silvestras simas simonas skirmantas stanislovas stasys stepas steponas
svajūnas tadas tauras tauris tautvydas teodoras titas tomas ugnius urbonas vaclovas vacys vaidas vaidotas vaidys
vainius valdas valdemaras valentinas valerijus valteris vasaris venantas vergilijus vidas vidmantas viktoras
viktorijus vilhelmas vilius vincas vincentas virgilijus virginijus visvaldas vitalijus vitas vladas vladimiras
voldemaras vygantas vykantas vykintas vytas vytautas vytenis vytis vėjas zenonas zigmantas zigmas zilvinas zydrunas
zygimantas ąžuolas česlovas šarūnas žilvinas žydrūnas žygimantas žygis
""")

_LITHUANIAN_WOMEN = _words("""
agne agnė aiste aistė akvile akvilė aldona algė alma alė ana angelina angelė asta audra audrone audronė auguste
augustė aurelija aurika ausra austeja austėja aušra barbora beata birute birutė brigita daiva dalia danguole danguolė
danute danutė deimantė diana dovile dovilė egle eglė elena elenora elzbieta elžbieta emilija erika ernesta eva evelina
fausta gabija gabriele gabrielė genovaite genovaitė genė giedre giedrė gintare gintarė goda grazina gražina greta
guoda ieva ilona ina indre indrė inga ingrida irena irma irutė jadvyga janina joana jolanta jolita jovita judita
julija juozapa jurga jurgita juste justina justė kamile kamilė karolina kornelija kotryna kristina laima laimute
laimutė laura leila leokadija liepa lina liucija liuda liudmila livija loreta luknė lukrecija lėja margarita marija
marijona marta meda meilė migle miglė milana milda monika morta neringa nida nijole nijolė nomeda odeta ona palmira
patricija paulina petronėlė raminta ramune ramunė rasa rastė regina renata rima rimantė rimutė rita roma rosita rugile
rugilė ruta rytė rūta sandra saule saulė severija sigita silva silvija simona skaiste skaistė smilte smiltė snieguolė
sofija sonata stasė svetlana terese teresė ugne ugnė urte urtė vaida vaidilutė vaiva valda valentina valerija vanda
vesta vida viktorija vilija vilma vilte viltė vilė violeta virginija vita vitalija zita zivile zofija zosė šarūnė
žaneta živilė žydrė žydrūnė
""")

_RUSSIAN = _words("""
александр александра алексей алена алина алиса алла альберт альбина алёна анастасия анатолий ангелина андрей анжела
анжелика анна антон антонина арина аркадий артем артур артём богдан борис вадим валентин валентина валерий валерия
варвара василий василиса вера вероника виктор виктория виталий влад владимир владислав владислава всеволод вячеслав
галина гарик геннадий георгий герман глеб григорий давид даниил данил данила дарья денис диана дина дмитрий ева
евгений евгения егор екатерина елена елизавета жанна захар зинаида зоя иван игнат игорь илона илья инга инна иосиф
ирина ия камилла карина кира кирилл клавдия константин кристина ксения лариса лев леонид лидия лилия лина любовь
людмила макар максим маргарита марина мария марк матвей маша милана мирон мирослав михаил надежда настя наталия
наталья никита николай нина оксана олег олеся ольга павел петр платон полина пётр раиса ренат римма ринат рита родион
роман ростислав руслан руфина саша светлана святослав семен семён серафима сергей снежана софия софья станислав степан
стефания таисия тамара татьяна тимофей тимур ульяна федор фёдор эдуард элина эльвира эмиль эмма юлия юля юрий яков ян
яна ярослав
""")

_OTHERS = _words("""
aaron abigail adam adrian agnes aidan alan albert aleksandr aleksandra aleksei aleksey alex alexander alexandra alexei
alexey alice alina alison alyona amanda amelia amy anastasia anatoly andrea andreas andrei andrew andrey angela anita
anja ann anna anne annette anthony anton antonio artem arthur barbara beatrice ben benjamin bernard beth bettina
bianca bill bob boris brian bruno camille carl carla carlos carmen caroline catherine cecilia charles charlotte chloe
chris christian christina christine christoph christopher claire clara claudia claus colin daniel daniela darya david
deborah denis dennis diana diego dirk dmitri dmitrii dmitriy dmitry dominik donna dorothy edward ekaterina elena elise
elizabeth elizaveta ella ellen emil emily emma eric erik eva evelyn evgenia evgenii evgeny fabian felix fiona florian
francesca francesco francis frank franz fred frederic gabriel galina gary gennady george georgy gerald giovanni giulia
grace graham greta grigory guido hannah hans harold harry heather heidi helen helena helmut henrik henry holly hugo
ian igor ilya inga ingrid irina isaac isabel ivan ivana jack jacob jake james jan jana jane janet jason jean jennifer
jens jeremy jessica jill jim joan joanna joe johan johann johanna john jonas jonathan jordan jorge jose josef joseph
joshua juan judith julia julian julie justin jürgen karen karin karl karla karol kasia katarzyna kate katharina
katherine kathleen kathy katja kevin kim kirill klaus konstantin kristin ksenia ksenija kyle lara larisa lars laura
lauren lea leah lena leo leon lewis liam lily linda lisa liz lorenzo louis louise lucas lucia lucy luigi luis lukas
luke lyudmila magdalena maksim marc marcel marcin marco marcus marek margaret maria marie marija marina mario mark
markus marta martha martin martina mary matilda matteo matthew matthias maurice max maxim megan melanie mia michael
michal michał michel michelle miguel mihail mike mikhail mila monica monika nadezhda nadia nadine natalia natalie
nataliya natasha nathan neil nicholas nick nicola nicole nikita nikolai nikolay nina noah nora oksana oleg olga oliver
olivia oscar oskar pamela patricia patrick paul paula pavel pedro peter petra philip philipp pierre piotr polina
rachel rafael ralf raymond rebecca richard rita robert roberto robin roger roland roman ronald rosa rose roy ruslan
ruth ryan sabine sally sam samantha samuel sandra sara sarah scott sean sebastian semyon sergei sergej sergey silvia
simon sofia sonia sophia sophie stefan stefanie stella stephan stephanie stephen steve steven stuart susan susanne
suzanne sven svetlana sylvia tamara tania tanja tatiana tatyana teresa thea theo theresa thomas tim timothy tina
tobias todd tom tomasz tony tracy ulrich ursula valentina valery vanessa vasily vera veronica viacheslav victor
victoria viktor vincent viola virginia vitaly vladimir walter wendy werner will william wolfgang xavier yaroslav yegor
yevgeny yulia yuri yvonne zoe zofia
""")

FIRST_NAMES = LITHUANIAN | _LITHUANIAN_WOMEN | _RUSSIAN | _OTHERS

TITLES = _words("""
dipl doc dr esq frau gerb gerbiama gerbiamas gerbiamasis gerbiamoji hab herr ii iii ing iv jr mag mba md miss mr mrs
ms mx p phd ponas ponia prof sir sr г-жа г-н господин госпожа д-р др проф
""")

ROLES = _words("""
ab account accounting accounts admin administracija administration administrator agency alert alerts apskaita
asociacija associates automailer bank bendrove bendrovė biblioteka billing biuras board booking bookings bookkeeping
bot buhalterija business bv careers center centras centre city club co community company conference consulting contact
corp corporation customer customers daemon darželis dental departamentas department dept desk digital directory
direkcija dispatch dmarc donotreply enquiries enquiry events express facebook feedback finance fondas foundation fund
gimnazija global gmbh google group grupė hello help helpdesk holding holdings hospital hotel hr ii imone inbox inc
info informacija information international invoice invoices it jobs kg klientu klientų komanda koncernas lab labs
legal ligoninė limited linkedin list llc llp logistics ltd mail mailbox mailer mailing manager marketing mb media
microsoft mokykla museum namai nekilnojamasis network news newsletter no-reply noreply notification notifications
notify office official online order orders oy oü pagalba pardavimai parduotuve parduotuvė payment payments postmaster
press privacy procurement product progimnazija purchasing reception recruiting recruitment redakcija registration
registratūra reminder reply request reservations robot root sales sarl savivaldybė school secretary security
sekretoriatas sekretorė server service services shipping shop skyrius software solutions spa srl staff store studija
studio subscriptions supplier support system systems sąjunga tarnyba team tech technical technologies test the travel
trust uab undisclosed universitetas university update updates user users vadyba viešbutis vsi vši webmaster website
your įmonė įstaiga ūkis агентство администратор администрация ано ао аптека банк библиотека бухгалтерия бюро гбу
гимназия гостиница группа департамент дирекция завод заказы зао заявки интернет инфо информация ип касса клиент
клиника клуб команда компании компания контакты логистика магазин маркетинг мбоу мебель музей новости оао общество ооо
отдел отель офис пао поддержка поликлиника пользователь почта приемная приёмная продаж продажи производство редакция
реклама ресторан робот сайт салон секретарь сервис служба союз студия техподдержка торговый уведомление уведомления
университет управление фабрика фгуп фирма фонд центр школа
""")
