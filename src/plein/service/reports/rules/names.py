"""First names in use in the Netherlands that hardly mean anything else, and words that end a name. Written for Plein.

Left out on purpose: names that are also everyday words at the start of a sentence (Ben, Dan, Elke, Toon, Anders, Max,
Roos, Storm, Linde, Mei, Wil).
"""

_FIRST_NAMES = """
    aad aaf aafke aaltje aart abdel abdelkader abdullah abel abigail achmed ada adam adri adriaan adriana adrie
    agnes ahmed aicha aida aisha akke alain albert alberto alejandra alejandro aleksandra alena alex alexander
    alexandra alfred ali alice alicia alina aliya amal amanda amber amelia amina amir amira amy ana anastasia andrea
    andreas andree andrej andries andrzej andy angela angelica angelique anil anita anja anke ann anna annabel anne
    anneke annelies annemarie annemiek annet annette annie anniek anouk ans antje anton antonia antonio antoon anwar
    appie ardi arend arendje ari ariane arie arjan arjen armin arno arnold arnoud aron arthur arwen ashley ashraf
    astrid auke aya ayaan aydin ayoub ayse aysegul aziz azra babette bakari barbara bart bartosz bas bastiaan bea
    beatrice beatrijs beatrix benjamin benno bernadette bernard bert berta bertha bianca bibi bilal birgit björn bob
    bobby bodil bojan bram brenda brian brigitte britt bruno burak carl carla carlijn carlo carlos carmen carola
    carolien carolina caroline casper catharina catherine cees celine cem chaima chantal charles charlotte chayenne
    cheng chris christa christel christiaan christian christien christina christine christoph cindy clara claudia
    cobie coby coen colette connie conny constantijn cor cora corine corinne cornelia cornelis corrie corry
    corstiaan cynthia daan dagmar dalia dana daniel danielle daniël danny daphne darius david davy dawid debbie
    deborah demi denise dennis derk desi desiree dewi diana dick dieter dieuwke dilan dimitri dina dineke dirk
    dirkje dolf domenico dominique donald donna doortje dorien doris dorota dorothea driss dunja dylan ebru eddy
    edgar edith edo eduard edward edwin eefje eelco eelke eileen elif eline elisa elisabeth elise ella ellen elly
    elma elmar els elsa elsbeth elske emiel emil emile emilia emily emine emma emmy emre engin enno eric erica erik
    erika erna ernst erwin esma esra esther etienne eva evelien eveline evert ewa ewald ewout ezra fabian fabienne
    fadil fadma fahad faisal fardau farid farida fathi fatih fatima fatma fatoumata fay feike felix femke fenna
    ferdinand ferry fieke fien filip finn fleurtje floor floortje floris fokke folkert fouad francine francisca
    franciscus frank franka frans fransje franziska fred freddy frederieke frederik frederique freek freerk frits
    froukje fye gabriel gabriela gabrielle galina gea geert geertje geertruida gemma george georgina gerald gerard
    gerarda gerben gerda gerdien gerhard gerjan gerrie gerrit gerritje gerry gert gertjan gertrude gertrudis gijs
    gijsbert gilles gina giovanni gisela giulia gonda gordon grazyna greet greetje greta grietje guido gunter
    gustaaf guus gwen gwendolyn hacer hafid hakan halil halima hamid hamza han hana hanan hanna hannah hanne hanneke
    hannie hans hansje harald harm harmen harrie harriet harry harun hasan hassan hatice hatim hedwig hedy heidi
    heike heleen helen helena helga hella helma hendrik hendrika hendrikus henk henri henriette henrik henry herma
    herman hermien hessel hester hetty hicham hidde hilal hilda hilde hille hubert hugo huib huibert humphrey
    hussein hüseyin ibrahim ibtissam ida idris ignace ignas igor ikram ilja ilona ilse ilyas iman imane imke imran
    ina ine inge ingeborg ingmar ingrid irena irene irfan irina irma isa isaac isabel isabella isabelle ismael
    ismail ismet ivan ivana ivar ivo ivonne iwona jaap jaapje jacco jack jackie jacob jacoba jacobus jacqueline
    jacques jamal james jamie jamila jan jana jane janet janine janna janneke jannes jannetje jannie janny jantine
    jantje janusz jarno jaroslav jasmijn jasmina jason jasper javier jean jeanet jeanette jeanine jeanne jeannette
    jef jeff jelena jelle jelmer jennifer jenny jerney jeroen jerome jerry jesper jesse jessica jessie jet jetske
    jetty jill jim jimmy jip jits jo joan joanna joanne jochem jochen joe joel joep johan johanna johannes john
    johnny jolanda jolanthe jolien joliet jolijn jonas jonathan jonna joop joos joost jordan jordy jorg joris jorn
    jorrit jort jos josephine josien josine josje josé jouke joury joyce juan judith julia julian juliana julie
    julien juliette jurgen jurjen jurre justin justine jörg kaja kamal kamila karel karen karim karima karin karina
    karl karla karlijn karolina kars karst kasper katarzyna kate kathleen katja katrien katrijn katy kaylee kayleigh
    kees keesje keimpe kelly kemal ken kenneth kenza kerim kevin khadija khalid kiki kim kirsten kirsty klaartje
    klaas klaasje klara klaus koen koenraad koert koos korneel kornelia krijn kristel kristian kristien kristina
    krystyna kyra laila lambert lambertus lana lander lara larissa lars latifa laura laurens laurent laurie leah
    leen leendert leentje leila lenie lennart lennert lenny leo leon leona leonie leontien leopold leroy lex lia
    liam lianne lidewij lidia lieke lien lies liesbeth liese liesje lieve lieven lilian lily lina linda lindsay
    lineke lisa lisanne lise lisette livia lizzy lodewijk loek loes loic lonneke loraine lorenzo lot lotte lottie
    louis louisa louise lourens lowie luc luca lucas lucia lucie lucien lucy ludo luigi luit lukas luna lutz lydia
    lyn lynn maaike maarten maartje madeleine madelief madelon magda magdalena maggie mahmoud mahmut malek malika
    malou malte manfred manon manou manuel manuela mara marc marcel marcella marcin marco margaret margaretha margje
    margo margot margreet margret margriet maria mariam marian mariana marianne marie marieke mariel marielle
    marijke marijn marika marinus mario marion maris marisa marise mariska marisol marit marius mariusz marja marjan
    marjet marjo marjolein marjolijn marjon mark markus marleen marlies marloes marlou marnix marta martha martien
    martijn martin martina martine marvin marwa mary maryam masha mateusz mathieu mathijs mathilde matteo matthias
    matthijs maud maurice maurik maurits maxime maximiliaan mees mehmet meike meindert melanie melike melis melissa
    melle mels menno merel merle merlijn mia michael michaela michal michel michelle michiel mick mieke mien miep
    miguel mikael mike mila milan milena milou mimi mina minke mira miranda miriam mirjam mirthe mitchell moesha
    mohamed mohammad mohammed monica moniek monika monique mostafa mounir mourad muhammad muhammed murat mustafa
    myra myriam myrna myrthe nabil nadia nadine nadja naima najat nancy naomi nard natalia natalie natasha nathalie
    nathan nazli neel neeltje nele nelleke nelly nena nick nico nicola nicolaas nicolas nicole nicolette niek niels
    nienke niki nikita nikki nina nisrine noa noah noor noortje nora norbert norma nouria nuria okke olaf olav olga
    oliver olivia olivier omar onno orhan oscar osman otto ouassim pascal pascalle patrice patricia patrick patrycja
    paul paula paulien pauline paulus pavel pawel pedro peet peggy pelle petra petronella philip philippa philippe
    phoebe pien pierre piet pieter pieternel pieternella pietje pim piotr pip pleun pleuni quincy quinten quirijn
    rachel rachid rachida radboud rafael rahma raimond rajesh ralf ralph ramazan ramon ramona randy raoul raphael
    rashid raymond rebecca reina reinder reinier reinout rembrandt remco remi renate renee rens renske renzo resi
    ria rianne ricardo richard rick rieke rien rik rikkert rina rinke rinus rita rob robbert robbie robert roberta
    roberto robin rochelle roderick roel roeland roelof roger rogier roland rolf roman romana romy ron ronald ronnie
    rosa rosalie rosalinde rosanne rosemarie rosita rowan roxanne roy rozemarijn ruben rudi rudolf rudy ruth ruud
    ruurd ryan sabina sabine sabrina said saida salah salim salima salma salomé sam samantha samir samira samuel
    sander sandra sanne sanneke santi sara sarah sascha saskia saïda scott sebastiaan sebastian selim selin selma
    serap serge sergei sharon sheila shirley sibel sica siebe siebren siem sien sietse sietske sigrid silke silvia
    simone sina sjaak sjef sjoerd sjoerdje sjors sjouke sofia sofiane sofie songül sonja sophia sophie stan stef
    stefan stefania stefanie steffie stella stephan stephanie steve steven stijn sue suleyman sultan sunita susan
    susanna susanne suzan suzanne suze svea sven svenja svetlana swaantje sybren sylvester sylvia sylvie szymon
    tamar tamara tamer tania tanja tara tarik tatiana ted tess tessa teun teunis teuntje thea theo theodoor theodora
    therese thijmen thijs thirza thomas tiba tibor tiemen tijmen tijn tijs tim timo tina tineke tinka titia titus
    tjaart tjalling tjeerd tjitske tobias tobie tom tomas tomasz tommy ton tonia tonie tonnie tonny toos tosca
    tristan trudie trudy truus tugba twan udo ugur ulrich ursula usman valentijn valentina valerie vanessa vera
    veronica veronique vic victor victoria vincent viola violet virginia vivian vladimir walter wanda ward warner
    wasim wendy werner wessel wiebe wieger wieke wies wietse wijnand wijnanda willem willemien willemijn william
    willianne willie willy wilma wim winfried winnie winston wout wouter wybren wytze xander xavier xiao yannick
    yara yasemin yasin yasmin yasmina yassin yassine yentl yorick youri youssef ysbrand yun yusuf yvette yvo yvon
    yvonne zainab zakaria zdenka zehra zeynep zino zofia zoran zoë zuzana ömer özlem
"""
_NOT_SURNAMES = """
    maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart april mei juni juli augustus
    september oktober november december monday tuesday wednesday thursday friday saturday sunday january february
    march may june july october en of is was heeft had doet deed zegt zei gaat ging kan kon wil wilde moet die dat
    dit de het een van gemeente politie brandweer nederland amsterdam rotterdam utrecht the and or has have had does
    did says said goes dank bedankt alvast groet groeten vriendelijke met ik wij hij zij u er nu al nog ook maar
    want bezorgd bezorgde boos blij bang bewoner bewoonster inwoner inwoners buurtbewoner here there very so a an
    not
"""

FIRST_NAMES = frozenset(_FIRST_NAMES.split())
NOT_SURNAMES = frozenset(_NOT_SURNAMES.split())
NO_PERSONS = ("albert heijn", "jan linders", "dirk van den broek", "johan cruijff", "jan van gent")
