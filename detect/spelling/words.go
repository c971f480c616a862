package spelling

import "strings"

// words are what names are made of before a site has shown any: usual English words, and parts of the names of companies and services.
const words = `about access account action active address advice after again agency air alert all also and any app apple area art asset assist auth auto
back bank base bath bay be best bid big bill bird black blue board body book border box brand bridge bright britain broad build bus business buy
cable call camp can capital car card care cash cast cat cdn center central centre change channel charity chat check child church circle city class
clean clear click client climate cloud club coach code college com common company connect contact content control cool core corner council country county
course court craft create credit cross crown cyber data date day deal dental deliver delta design desk develop device digital direct district doc doctor
down dream drive east easy edge education electric email energy engine english event every exchange express extra eye face factory fair family farm fashion
fast feed field film find fire first fit five flag flat fleet flight flow food foot for forest form forum forward foundation frame free fresh friend from
front fuel full fund future game garden gas gate general get gift global gold good gov grand grant graph great green grid ground group growth guide hall
hand happy harbour have head health heart heat help heritage high hill history hold home horse hospital host hotel house housing how hub image india inn
insight institute insurance inter international internet invest island job join journal jump key kid king kit lab lake land language law lead league learn
learning leisure let level library life light like line link list live loan local lock log london long love mail main make man manage manchester manor map
market master math media medical meet member metric micro mid mind mobile model modern money more motor mountain music national nature net network new news
night north note number nurse ocean office oil old one online open option orange orbit order out over pack page paint paper park parking part partner party
pass path pay people pet phone photo pixel place plan planet planning plant plastic play plus point police pool port portal post power press prime print
pro product project property public quality quick race radio rail rain ranch rate reach read ready real record recruit red region register rent report
research resource response rest review ride right ring river road rock roof room root royal run rural safe sale salon scan school science scott screen sea
search secure security select sell send senior server service set seven share shell shine ship shop show sign silver simple site six sky small smart snow
social society soft software solar solution south space spark speed spirit sport spring square staff stage standard star start state station status stay
step stock stone storage store storm stream street student studio style summer summit sun super supply support survey swift switch system table tag talk
task tax tea team tech technology telecom temple test text the theatre think this ticket time title today together tool top total touch tour town track
trade trading train training transport travel treatment tree trip true trust tube turn under union united university update upload urban user valley value
van vector verify very video view village vision visit vista voice wales wall war watch water wave way weather web week well west what wheel white who wild
will wind window wine winter with wood word work world write yard year yellow york you young your youth zone`

// prior teaches a chain the words, each alone and joined to the one before it, as names join them.
func (c *chain) prior() {
	before := ""
	for word := range strings.FieldsSeq(words) {
		c.learn(word)
		if before != "" {
			c.learn(before + word)
		}
		before = word
	}
}
